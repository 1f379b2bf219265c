import { AlertDialog, Dialog } from 'radix-ui'
import { useState, type ReactNode, type Ref } from 'react'
import { isFocusFree } from '../lib/focus.ts'
import { wayBack } from '../state/way-back.ts'
import './Modal.css'

/**
 * The frame of every dialog. The veil behind is our own element: Radix' overlay writes a style element into the page,
 * which the content security policy refuses.
 */
interface ModalProps {
  title: ReactNode
  /** Sentence under the title; read out with it. */
  description?: ReactNode
  wide?: boolean
  /** A shape of its own; the palette shows no title, its field says it all. */
  frame?: 'palette' | 'help'
  tone?: 'plain' | 'alarm'
  onClose(): void
  /** Called when it has gone and the focus is back where it was. */
  onClosed?(): void
  children: ReactNode
}

/** Gives the focus back to where it was: our dialogs have no trigger that Radix could return it to. */
function useFocusReturn(onClosed?: () => void): (event: Event) => void {
  const [back] = useState(() => (isFocusFree() ? null : wayBack(document.activeElement)))
  return (event) => {
    event.preventDefault()
    // A shortcut may have been faster, or another dialog.
    if (isFocusFree()) back?.()
    onClosed?.()
  }
}

/** A dialog to work in; Escape and a press beside it close it. */
export function Modal({ title, description, wide = false, frame, onClose, onClosed, children }: ModalProps) {
  const returnFocus = useFocusReturn(onClosed)
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <div className="veil" />
        <Dialog.Content
          className={`modal ${wide ? 'wide' : ''} ${frame ?? ''}`}
          onCloseAutoFocus={returnFocus}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <Dialog.Title className={frame === 'palette' ? 'hidden-visually' : 'modal-title'}>{title}</Dialog.Title>
          {description !== undefined && <Dialog.Description className="modal-text">{description}</Dialog.Description>}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** A question that must be answered; a press beside it does nothing, Escape takes the harmless way out. */
export function Ask({ title, description, wide = false, tone = 'plain', onClose, children }: ModalProps) {
  const returnFocus = useFocusReturn()
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <div className="veil" />
        <AlertDialog.Content
          aria-modal
          onCloseAutoFocus={returnFocus}
          className={`modal ${wide ? 'wide' : ''} ${tone}`}
        >
          <AlertDialog.Title className="modal-title">{title}</AlertDialog.Title>
          <AlertDialog.Description className="modal-text">{description}</AlertDialog.Description>
          {children}
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

/** The buttons at the end of a dialog. */
export function ModalButtons({ children }: { children: ReactNode }) {
  return <div className="modal-buttons">{children}</div>
}

interface ModalFormProps {
  /** Class beside that of every form. */
  frame?: string
  ref?: Ref<HTMLFormElement> | undefined
  busy: boolean
  /** Of the button that sends it. */
  text: string
  onSubmit(): Promise<void>
  onClose(): void
  children: ReactNode
}

/** A form that fills a dialog, with its two buttons. What is wrong is said by the form, not by the browser. */
export function ModalForm({ frame, ref, busy, text, onSubmit, onClose, children }: ModalFormProps) {
  return (
    <form
      ref={ref}
      className={frame === undefined ? 'modal-form' : `modal-form ${frame}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void onSubmit()
      }}
    >
      {children}
      <ModalButtons>
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={busy}>
          {text}
        </button>
      </ModalButtons>
    </form>
  )
}

/** The buttons of an `Ask` about what cannot be taken back. Cancel has the focus, so that an Enter too many does nothing. */
export function DangerButtons({ text, onGo }: { text: string; onGo(): void }) {
  return (
    <ModalButtons>
      <AlertDialog.Cancel asChild>
        <button type="button" className="button">
          Cancel
        </button>
      </AlertDialog.Cancel>
      <AlertDialog.Action asChild>
        <button type="button" className="button danger" onClick={onGo}>
          {text}
        </button>
      </AlertDialog.Action>
    </ModalButtons>
  )
}

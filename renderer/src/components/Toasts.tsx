import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { Toast } from 'radix-ui'
import { dismissToast, useUi } from '../state/ui.ts'
import './Toasts.css'

export function Toasts() {
  const toasts = useUi((s) => s.toasts)
  return (
    <Toast.Provider swipeDirection="right" label="Message">
      {toasts.map(({ id, tone, text }) => (
        <Toast.Root
          key={id}
          className="toast"
          type={tone === 'error' ? 'foreground' : 'background'}
          duration={tone === 'error' ? 10_000 : 3_000}
          onOpenChange={(open) => !open && dismissToast(id)}
        >
          {tone === 'error' ? (
            <CircleAlert size={16} className="tone-bad" aria-hidden />
          ) : (
            <CircleCheck size={16} className="tone-good" aria-hidden />
          )}
          <Toast.Description className="toast-text selectable">{text}</Toast.Description>
          <Toast.Close className="icon-button small" aria-label="Dismiss">
            <X size={16} aria-hidden />
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="toasts" />
    </Toast.Provider>
  )
}

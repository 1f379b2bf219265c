import type { LucideIcon } from 'lucide-react'
import { Tooltip } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { useFloatingRoot } from './FloatingRoot.ts'

/** A hint for the pointer; the accessible name belongs to the child itself. */
function Tip({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal container={useFloatingRoot()}>
        <Tooltip.Content className="tip" sideOffset={4} collisionPadding={8}>
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

interface IconButtonProps extends ComponentProps<'button'> {
  icon: LucideIcon
  /** Accessible name, and the hint where `hint` does not say more. */
  label: string
  hint?: string
  small?: boolean
}

export function IconButton({ icon: Icon, label, hint, small = false, className = '', ...rest }: IconButtonProps) {
  return (
    <Tip text={hint ?? label}>
      <button type="button" aria-label={label} className={`icon-button ${small ? 'small' : ''} ${className}`} {...rest}>
        <Icon size={16} aria-hidden />
      </button>
    </Tip>
  )
}

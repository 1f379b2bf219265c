import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { call } from '../../api.ts'
import { report } from '../../state/ui.ts'
import { IconButton } from '../IconButton.tsx'

interface CopyButtonProps {
  text: string
  /** Accessible name, like "Copy the password". */
  label: string
  /** With words on it, not only a sign. */
  worded?: boolean
}

/** Puts a text on the clipboard, and says so in its own place. */
export function CopyButton({ text, label, worded = false }: CopyButtonProps) {
  const [copied, setCopied] = useState<string | null>(null)
  const done = copied === text
  const copy = (): void => report(call('clipboard.write', text).then(() => setCopied(text)))
  if (!worded) {
    return <IconButton small icon={done ? Check : Copy} label={label} hint={done ? 'Copied' : label} onClick={copy} />
  }
  return (
    <button type="button" className="button" aria-label={label} onClick={copy}>
      {done ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      <span aria-live="polite">{done ? 'Copied' : 'Copy'}</span>
    </button>
  )
}

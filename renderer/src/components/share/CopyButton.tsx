import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { call } from '../../api.ts'
import { report } from '../../state/ui.ts'
import { IconButton } from '../IconButton.tsx'

interface CopyButtonProps {
  text: string
  /** Accessible name, like "Copy the password". */
  label: string
}

/** Puts a text on the clipboard, and says so in its own place. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [copied, setCopied] = useState<string | null>(null)
  const done = copied === text
  const copy = (): void => report(call('clipboard.write', text).then(() => setCopied(text)))
  return (
    <>
      <IconButton small icon={done ? Check : Copy} label={label} hint={done ? 'Copied' : label} onClick={copy} />
      <span className="hidden-visually" role="status">
        {done && 'Copied'}
      </span>
    </>
  )
}

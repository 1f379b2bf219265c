import { useState } from 'react'
import type { Side } from '../../../common/models.ts'
import { shownError } from '../api.ts'
import { nameProblem, visibleName } from '../lib/names.ts'
import { makeFolder } from '../state/pane-actions.ts'
import { Modal, ModalForm } from './Modal.tsx'

interface NewFolderProps {
  side: Side
  folder: string
  onClose(): void
}

export function NewFolderDialog({ side, folder, onClose }: NewFolderProps) {
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const submit = async (): Promise<void> => {
    const wrong = nameProblem(name)
    setProblem(wrong)
    if (wrong !== null || busy) return
    setBusy(true)
    try {
      await makeFolder(side, folder, name)
      onClose()
    } catch (error) {
      setProblem(shownError(error).message)
      setBusy(false)
    }
  }
  return (
    <Modal title="New folder" description={`In ${visibleName(folder)}`} onClose={onClose}>
      <ModalForm busy={busy} text={busy ? 'Creating…' : 'Create'} onSubmit={submit} onClose={onClose}>
        <input
          className="input"
          aria-label="Name"
          placeholder="Name of the new folder"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          maxLength={1024}
          value={name}
          aria-invalid={problem !== null}
          aria-describedby="new-folder-problem"
          onChange={(event) => {
            setName(event.target.value)
            setProblem(null)
          }}
        />
        <p id="new-folder-problem" role="alert" className="form-problem tone-bad">
          {problem}
        </p>
      </ModalForm>
    </Modal>
  )
}

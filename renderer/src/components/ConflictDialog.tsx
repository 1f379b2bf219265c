import { ArrowRight } from 'lucide-react'
import { AlertDialog } from 'radix-ui'
import { useState } from 'react'
import type { Question } from '../../../common/models.ts'
import { remoteBasename } from '../../../common/remote-path.ts'
import { formatBytesExact, formatTime } from '../../../common/format.ts'
import { localBasename } from '../lib/local-path.ts'
import { visibleName } from '../lib/names.ts'
import { answerQuestion } from '../state/questions.ts'
import './ConflictDialog.css'
import { Ask, ModalButtons } from './Modal.tsx'

type ConflictQuestion = Extract<Question, { kind: 'conflict' }>

/** What to do about a target that exists: both files side by side. */
export function ConflictDialog({ question }: { question: ConflictQuestion }) {
  const { source, existing, target, direction } = question
  const [applyToAll, setApplyToAll] = useState(false)
  const answer = (choice: 'overwrite' | 'skip' | 'rename' | 'cancel'): void =>
    answerQuestion(question.id, { kind: 'conflict', answer: choice, applyToAll })
  const name = direction === 'upload' ? remoteBasename(target) : localBasename(target)
  const newer = (a: number | null, b: number | null): string => (a !== null && b !== null && a > b ? 'newer' : '')
  return (
    <Ask
      wide
      title="A file of this name is already there"
      description={`“${visibleName(name)}” exists ${direction === 'upload' ? 'on the server' : 'on this computer'}: ${visibleName(target)}`}
      onClose={() => answer('cancel')}
    >
      <div className="versions">
        <Version
          title={direction === 'upload' ? 'Sending' : 'Receiving'}
          file={source}
          note={newer(source.modified, existing.modified)}
        />
        <ArrowRight size={20} aria-hidden />
        <Version title="Already there" file={existing} note={newer(existing.modified, source.modified)} />
      </div>
      <label className="check">
        <input type="checkbox" checked={applyToAll} onChange={(event) => setApplyToAll(event.target.checked)} />
        Do the same for all further conflicts
      </label>
      <ModalButtons>
        <AlertDialog.Cancel asChild>
          <button type="button" className="button left">
            Cancel
          </button>
        </AlertDialog.Cancel>
        <button type="button" className="button" onClick={() => answer('skip')}>
          Skip
        </button>
        <button type="button" className="button" onClick={() => answer('rename')}>
          Keep both
        </button>
        <button type="button" className="button primary" onClick={() => answer('overwrite')}>
          Overwrite
        </button>
      </ModalButtons>
    </Ask>
  )
}

interface VersionProps {
  title: string
  file: ConflictQuestion['source']
  note: string
}

function Version({ title, file, note }: VersionProps) {
  return (
    <div className="version">
      <h3>
        {title}
        {note !== '' && <span className="badge">{note}</span>}
      </h3>
      <p>{formatBytesExact(file.size)}</p>
      <p className="muted">{file.modified === null ? 'unknown date' : formatTime(file.modified)}</p>
    </div>
  )
}

import { ShieldAlert, ShieldX } from 'lucide-react'
import { AlertDialog } from 'radix-ui'
import type { Question } from '../../../common/models.ts'
import { formatTime } from '../../../common/format.ts'
import { visibleName } from '../lib/names.ts'
import { answerQuestion } from '../state/questions.ts'
import './CertificateDialog.css'
import { Fingerprint } from './Fingerprint.tsx'
import { Ask, ModalButtons } from './Modal.tsx'

/** Whether to trust a certificate that does not verify. The safe answer has the focus. */
export function CertificateDialog({ question }: { question: Extract<Question, { kind: 'certificate' }> }) {
  const { certificate, changed } = question
  const answer = (choice: 'once' | 'always' | 'no'): void =>
    answerQuestion(question.id, { kind: 'certificate', answer: choice })
  const server = `${certificate.host}:${certificate.port}`
  const lines: [string, string][] = [
    ['Problem', certificate.reason],
    ['Issued to', certificate.subject],
    ['Issued by', certificate.issuer],
    ['Host names', certificate.names.join(', ') || 'no names'],
    ['Valid', `${formatTime(certificate.validFrom)} to ${formatTime(certificate.validTo)}`],
  ]
  return (
    <Ask
      wide
      tone={changed ? 'alarm' : 'plain'}
      title={
        changed ? (
          <>
            <ShieldX size={20} className="tone-bad" aria-hidden />
            The server’s certificate has changed
          </>
        ) : (
          <>
            <ShieldAlert size={20} className="tone-warn" aria-hidden />
            Can this server be trusted?
          </>
        )
      }
      description={
        changed
          ? `${server} shows another certificate than the one you trusted. Somebody may be reading along. Connect only if its operator tells you that the certificate was replaced and the fingerprint is the same.`
          : `The certificate of ${server} cannot be verified. Compare the fingerprint with the one the server’s operator gave you.`
      }
      onClose={() => answer('no')}
    >
      <dl className="certificate selectable">
        {lines.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{visibleName(text)}</dd>
          </div>
        ))}
        <div>
          <dt>SHA-256 fingerprint</dt>
          <dd className="fingerprint">
            <Fingerprint text={certificate.fingerprint} />
          </dd>
        </div>
      </dl>
      <ModalButtons>
        <button
          type="button"
          className={`button left ${changed ? 'danger-text' : ''}`}
          onClick={() => answer('always')}
        >
          Always trust
        </button>
        <button type="button" className="button" onClick={() => answer('once')}>
          Trust once
        </button>
        <AlertDialog.Cancel asChild>
          <button type="button" className="button primary">
            Do not connect
          </button>
        </AlertDialog.Cancel>
      </ModalButtons>
    </Ask>
  )
}

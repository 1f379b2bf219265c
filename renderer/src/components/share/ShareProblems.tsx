import { CircleAlert } from 'lucide-react'
import { Fragment } from 'react'
import { formatTime } from '../../../../common/format.ts'
import type { ShareStatus } from '../../../../common/share.ts'
import { useShare } from '../../state/share.ts'

/** What the server found wrong while it ran, until somebody has seen it. */
export function ShareProblems({ status }: { status: ShareStatus }) {
  const seen = useShare((s) => s.problemsSeen)
  const problems = 'problems' in status ? status.problems.filter(({ time }) => time > seen) : []
  const [newest] = problems
  if (!newest) return null
  return (
    <div className="share-banner banner-bad" role="alert">
      <CircleAlert size={16} aria-hidden />
      <p className="selectable">
        {problems.map(({ time, message }, at) => (
          <Fragment key={message}>
            {at > 0 && <br />}
            <time dateTime={new Date(time).toISOString()}>{formatTime(time)}</time> {message}
          </Fragment>
        ))}
      </p>
      <button type="button" className="button small" onClick={() => useShare.setState({ problemsSeen: newest.time })}>
        Dismiss
      </button>
    </div>
  )
}

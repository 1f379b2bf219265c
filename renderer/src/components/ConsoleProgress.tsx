import type { ConsoleProgress as Progress } from '../../../common/console.ts'
import { formatBytes, formatRate, percent } from '../../../common/format.ts'
import { FileName } from './FileName.tsx'

/** How far the running command is. */
export function ConsoleProgress({ progress }: { progress: Progress }) {
  const { label, done, total, rate } = progress
  const value = percent(done, total)
  return (
    <div className="console-progress">
      <div className="console-progress-text">
        <FileName name={label} />
        {value !== null && <span>{value} %</span>}
        <span>{total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`}</span>
        {rate !== null && <span>{formatRate(rate)}</span>}
      </div>
      <div
        className="progress-bar"
        role="progressbar"
        aria-label="Progress of the command"
        aria-valuemin={0}
        aria-valuemax={100}
        {...(value === null ? {} : { 'aria-valuenow': value })}
      >
        <div className="progress-fill fill-busy" style={{ width: `${value ?? 0}%` }} />
      </div>
    </div>
  )
}

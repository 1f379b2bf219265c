import { CircleAlert, RotateCw, ShieldOff, TriangleAlert } from 'lucide-react'
import type { ShareState } from '../../../../common/ipc.ts'
import { isReadable, scansUploads } from '../../lib/share-text.ts'
import { editShare, restartSharing, saveShare, useShare } from '../../state/share.ts'
import { ShareProblems } from './ShareProblems.tsx'

/** What nobody may overlook, whichever part of the page is shown. */
export function ShareBanners({ share: { status, config, restartNeeded } }: { share: ShareState }) {
  const problem = useShare((s) => s.problem)
  const busy = useShare((s) => s.busy)
  const scans = scansUploads(status, config)
  return (
    <div className="share-banners">
      {!scans && (
        <div className="share-banner banner-alarm" role="alert">
          <ShieldOff size={16} aria-hidden />
          <p>
            <strong>Nobody looks for viruses in what others upload.</strong> Every file gets its name as it comes.
          </p>
          {!config.scan && (
            <button
              type="button"
              className="button small"
              disabled={busy !== null}
              onClick={() => {
                editShare({ scan: true })
                void saveShare()
              }}
            >
              Scan again
            </button>
          )}
        </div>
      )}
      {isReadable(status) && (
        <div className="share-banner banner-warn" role="alert">
          <TriangleAlert size={16} aria-hidden />
          <p>
            <strong>Others can reach this server without encryption.</strong> Passwords and files that pass in plain
            text can be read on the way. Require TLS, or let only this computer in.
          </p>
        </div>
      )}
      {restartNeeded && (
        <div className="share-banner banner-info" role="status">
          <RotateCw size={16} aria-hidden />
          <p>
            The server runs with the settings it was started with. What was saved since works after a restart, which
            disconnects everybody.
          </p>
          <button type="button" className="button small" disabled={busy !== null} onClick={() => void restartSharing()}>
            {busy === 'restart' ? 'Restarting…' : 'Restart to apply'}
          </button>
        </div>
      )}
      <ShareProblems status={status} />
      {problem && (
        <div className="share-banner banner-bad" role="alert">
          <CircleAlert size={16} aria-hidden />
          <p className="selectable">{problem.message}</p>
          <button type="button" className="button small" onClick={() => useShare.setState({ problem: null })}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  )
}

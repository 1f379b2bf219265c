import { ArrowLeft } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useEffect, type KeyboardEvent } from 'react'
import { formatCount } from '../../../../common/format.ts'
import { isFocusFree } from '../../lib/focus.ts'
import { loadInterfaces, loadShare, useShare } from '../../state/share.ts'
import { showFiles, useView, type ShareTab } from '../../state/view.ts'
import { ShareAccounts } from './ShareAccounts.tsx'
import { ShareAudit } from './ShareAudit.tsx'
import { ShareBanners } from './ShareBanners.tsx'
import { ShareHead } from './ShareHead.tsx'
import { ShareLive } from './ShareLive.tsx'
import './SharePage.css'
import { ShareSetup } from './ShareSetup.tsx'
import { LoadNote } from './LoadNote.tsx'

const TABS: readonly ShareTab[] = ['setup', 'accounts', 'live', 'audit']

/** Escape leads back to the files, unless something in the page has a use for it. */
function onKeyDown(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.defaultPrevented) return
  const { target } = event
  if (target instanceof HTMLSelectElement && target.matches(':open')) return
  // A filter is cleared first.
  if (target instanceof HTMLInputElement && target.type === 'search' && target.value !== '') return
  event.preventDefault()
  showFiles()
}

/** The page for sharing a folder, in place of the panes. */
export function SharePage() {
  const share = useShare((s) => s.share)
  const loadError = useShare((s) => s.loadError)
  const tab = useView((s) => s.tab)
  useEffect(() => {
    loadInterfaces()
    if (useShare.getState().share === null) void loadShare()
    // Where nothing has the focus, as after a press beside all controls, the page hears of no key.
    const onDocumentKey = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || !isFocusFree()) return
      event.preventDefault()
      showFiles()
    }
    document.addEventListener('keydown', onDocumentKey)
    return () => document.removeEventListener('keydown', onDocumentKey)
  }, [])
  const sessions = share && 'sessions' in share.status ? share.status.sessions : 0

  return (
    <section
      className="share-page"
      aria-label="Share a folder"
      tabIndex={-1}
      data-focus-region="share"
      onKeyDown={onKeyDown}
    >
      <div className="share-top">
        <button type="button" className="button small" onClick={() => showFiles()}>
          <ArrowLeft size={14} aria-hidden />
          Back to files
        </button>
        <h2>Share a folder</h2>
        <span className="share-top-gap" />
      </div>
      {share === null ? (
        <LoadNote
          error={loadError}
          busy="Asking the server how things are…"
          failed="The state of the server could not be read"
          onRetry={() => void loadShare()}
        />
      ) : (
        <>
          <ShareHead status={share.status} config={share.config} />
          <ShareBanners share={share} />
          <Tabs.Root
            className="bottom-tabs share-tabs"
            value={tab}
            onValueChange={(value) => useView.setState({ tab: TABS.find((known) => known === value) ?? 'setup' })}
          >
            <Tabs.List className="tab-list" aria-label="Share">
              <Tabs.Trigger className="tab" value="setup">
                Settings
              </Tabs.Trigger>
              <Tabs.Trigger className="tab" value="accounts">
                Accounts
              </Tabs.Trigger>
              <Tabs.Trigger className="tab" value="live">
                Live
                {sessions > 0 && <span className="badge">{formatCount(sessions)}</span>}
              </Tabs.Trigger>
              <Tabs.Trigger className="tab" value="audit">
                Audit log
              </Tabs.Trigger>
            </Tabs.List>
            <Tabs.Content className="tab-panel" value="setup" tabIndex={-1}>
              <ShareSetup share={share} />
            </Tabs.Content>
            <Tabs.Content className="tab-panel" value="accounts" tabIndex={-1}>
              <ShareAccounts root={share.config.root} />
            </Tabs.Content>
            <Tabs.Content className="tab-panel" value="live" tabIndex={-1}>
              <ShareLive status={share.status} />
            </Tabs.Content>
            <Tabs.Content className="tab-panel" value="audit" tabIndex={-1}>
              <ShareAudit />
            </Tabs.Content>
          </Tabs.Root>
        </>
      )}
    </section>
  )
}

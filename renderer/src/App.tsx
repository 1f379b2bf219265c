import { Tooltip } from 'radix-ui'
import { useEffect, useState } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import './App.css'
import { BottomPanel } from './components/BottomPanel.tsx'
import { ConnectionBar } from './components/ConnectionBar.tsx'
import { Dialogs } from './components/Dialogs.tsx'
import { FloatingRoot } from './components/FloatingRoot.ts'
import { MenuBar } from './components/MenuBar.tsx'
import { Pane } from './components/Pane.tsx'
import { ScanBanner } from './components/ScanPolicy.tsx'
import { SharePage } from './components/share/SharePage.tsx'
import { StatusBar } from './components/StatusBar.tsx'
import { Toasts } from './components/Toasts.tsx'
import { Toolbar } from './components/Toolbar.tsx'
import { focusNextRegion } from './lib/focus.ts'
import { followFocus } from './state/focused-pane.ts'
import { onShortcut } from './state/shortcuts.ts'
import { useUi } from './state/ui.ts'
import { useView } from './state/view.ts'
import { keepFocus } from './state/way-back.ts'

/** A drop outside a target would make the window show the file; the panes stop their own events before this. */
function refuseDrop(event: DragEvent): void {
  if (event.defaultPrevented) return
  event.preventDefault()
  if (event.dataTransfer) event.dataTransfer.dropEffect = 'none'
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.key !== 'F6' || event.defaultPrevented) return
  event.preventDefault()
  focusNextRegion(event.shiftKey ? -1 : 1)
}

export function App() {
  const ready = useUi((s) => s.ready)
  const sharing = useView((s) => s.view === 'share')
  const [main, setMain] = useState<HTMLElement | null>(null)
  const startError = useUi((s) => s.startError)
  // macOS has the menus at the top of the screen.
  const hasMenuBar = useUi(({ info }) => info?.platform !== 'darwin' || info.shell === 'browser')

  useEffect(() => {
    window.addEventListener('dragover', refuseDrop)
    window.addEventListener('drop', refuseDrop)
    window.addEventListener('keydown', onKeyDown)
    window.addEventListener('keydown', onShortcut)
    window.addEventListener('focusin', followFocus)
    const letGo = keepFocus()
    return () => {
      window.removeEventListener('dragover', refuseDrop)
      window.removeEventListener('drop', refuseDrop)
      window.removeEventListener('keydown', onKeyDown)
      window.removeEventListener('keydown', onShortcut)
      window.removeEventListener('focusin', followFocus)
      letGo()
    }
  }, [])

  if (startError !== null) {
    return (
      <main className="start-problem">
        <h1>Sluice could not start</h1>
        <p role="alert">{startError}</p>
        <p className="muted">Close this window and start the application again.</p>
      </main>
    )
  }
  if (!ready) return <main className="start-problem" aria-busy="true" aria-label="Starting" />

  return (
    <Tooltip.Provider delayDuration={500} skipDelayDuration={200} disableHoverableContent>
      <FloatingRoot value={main}>
        <div className="app">
          <header className="app-head">
            <h1 className="hidden-visually">Sluice</h1>
            {hasMenuBar && <MenuBar />}
            <ConnectionBar />
            <Toolbar />
          </header>
          <main ref={setMain} className="app-main">
            <ScanBanner />
            <div className="app-stage">
              <div className={`app-under ${sharing ? 'is-covered' : ''}`} inert={sharing}>
                <Group orientation="vertical" disableCursor>
                  <Panel id="panes" defaultSize="64%" minSize="180px">
                    <Group orientation="horizontal" disableCursor>
                      <Panel id="local" defaultSize="50%" minSize="300px">
                        <Pane side="local" />
                      </Panel>
                      <Separator className="split vertical" aria-label="Width of the two panes" />
                      <Panel id="remote" defaultSize="50%" minSize="300px">
                        <Pane side="remote" />
                      </Panel>
                    </Group>
                  </Panel>
                  <Separator className="split horizontal" aria-label="Height of the lower panel" />
                  <Panel id="bottom" defaultSize="36%" minSize="96px">
                    <BottomPanel />
                  </Panel>
                </Group>
              </div>
              {sharing && <SharePage />}
            </div>
          </main>
          <StatusBar />
        </div>
      </FloatingRoot>
      <Dialogs />
      <Toasts />
    </Tooltip.Provider>
  )
}

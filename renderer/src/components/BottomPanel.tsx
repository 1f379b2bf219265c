import { Tabs } from 'radix-ui'
import { formatCount } from '../../../common/format.ts'
import { openConsole, useConsole } from '../state/console.ts'
import { useQuarantine } from '../state/quarantine.ts'
import { useTransfers } from '../state/transfers.ts'
import { showTab, useUi, type BottomTab } from '../state/ui.ts'
import './BottomPanel.css'
import { ConsolePanel } from './ConsolePanel.tsx'
import { ProtocolLog } from './ProtocolLog.tsx'
import { QuarantineTable } from './QuarantineTable.tsx'
import { TransferTable } from './TransferTable.tsx'

const TABS: readonly BottomTab[] = ['transfers', 'quarantine', 'log', 'console']

export function BottomPanel() {
  const tab = useUi((s) => s.tab)
  const pending = useTransfers((s) => s.totals.queued + s.totals.active)
  const asks = useConsole((s) => s.state.question !== null) && tab !== 'console'
  const held = useQuarantine((s) => s.items.length)
  return (
    <section className="bottom" aria-label="Activity">
      <Tabs.Root
        className="bottom-tabs"
        value={tab}
        onValueChange={(value) => showTab(TABS.find((known) => known === value) ?? 'transfers')}
      >
        <Tabs.List className="tab-list" aria-label="Activity">
          <Tabs.Trigger
            className="tab"
            value="transfers"
            data-focus-region={tab === 'transfers' ? 'bottom' : undefined}
          >
            Transfers
            {pending > 0 && <span className="badge">{formatCount(pending)}</span>}
          </Tabs.Trigger>
          <Tabs.Trigger
            className="tab"
            value="quarantine"
            data-focus-region={tab === 'quarantine' ? 'bottom' : undefined}
          >
            Quarantine
            {held > 0 && <span className="badge bad">{formatCount(held)}</span>}
          </Tabs.Trigger>
          <Tabs.Trigger className="tab" value="log" data-focus-region={tab === 'log' ? 'bottom' : undefined}>
            Protocol log
          </Tabs.Trigger>
          <Tabs.Trigger
            className="tab"
            value="console"
            // A press of the mouse wants to type; the arrow keys only pass by.
            onClick={(event) => event.detail > 0 && openConsole()}
          >
            Console
            {asks && <span className="badge">asks</span>}
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content className="tab-panel" value="transfers" tabIndex={-1}>
          <TransferTable />
        </Tabs.Content>
        <Tabs.Content className="tab-panel" value="quarantine" tabIndex={-1}>
          <QuarantineTable />
        </Tabs.Content>
        <Tabs.Content className="tab-panel" value="log" tabIndex={-1}>
          <ProtocolLog />
        </Tabs.Content>
        <Tabs.Content className="tab-panel" value="console" tabIndex={-1}>
          <ConsolePanel />
        </Tabs.Content>
      </Tabs.Root>
    </section>
  )
}

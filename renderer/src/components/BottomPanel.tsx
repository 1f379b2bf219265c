import { Tabs } from 'radix-ui'
import { formatCount } from '../lib/format.ts'
import { useQuarantine } from '../state/quarantine.ts'
import { useTransfers } from '../state/transfers.ts'
import { showTab, useUi } from '../state/ui.ts'
import './BottomPanel.css'
import { ProtocolLog } from './ProtocolLog.tsx'
import { QuarantineTable } from './QuarantineTable.tsx'
import { TransferTable } from './TransferTable.tsx'

export function BottomPanel() {
  const tab = useUi((s) => s.tab)
  const pending = useTransfers((s) => s.totals.queued + s.totals.active)
  const held = useQuarantine((s) => s.items.length)
  return (
    <section className="bottom" aria-label="Activity">
      <Tabs.Root
        className="bottom-tabs"
        value={tab}
        onValueChange={(value) => showTab(value === 'quarantine' || value === 'log' ? value : 'transfers')}
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
      </Tabs.Root>
    </section>
  )
}

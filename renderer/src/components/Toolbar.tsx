import { RadioTower, Settings as SettingsIcon, ShieldOff } from 'lucide-react'
import { ToggleGroup } from 'radix-ui'
import { dataModeSchema, transferTypeSchema, type Settings } from '../../../common/models.ts'
import { updateSettings, useSettings } from '../state/settings.ts'
import { useShare, useUnscannedShare } from '../state/share.ts'
import { openDialog, report } from '../state/ui.ts'
import { showFiles, showShare, useView } from '../state/view.ts'
import { IconButton } from './IconButton.tsx'
import './Toolbar.css'

const TYPES = [
  ['auto', 'Auto', 'Text files have their line ends converted, all others go byte for byte'],
  ['binary', 'Binary', 'Every file goes byte for byte'],
  ['ascii', 'ASCII', 'Every file is taken as text and has its line ends converted'],
] as const

const MODES = [
  ['passive', 'Passive', 'This computer opens the data connections: right nearly everywhere'],
  ['active', 'Active', 'The server opens the data connections: only where no firewall is between'],
] as const

export function Toolbar() {
  const settings = useSettings()
  const change = (update: Partial<Settings>): void => report(updateSettings(update))
  return (
    <div className="toolbar" role="group" aria-label="Transfer options">
      <span className="toolbar-caption" aria-hidden>
        Type
      </span>
      <Segments
        label="Transfer type"
        value={settings.transferType}
        options={TYPES}
        onChange={(value) => change({ transferType: transferTypeSchema.options.find((o) => o === value) ?? 'auto' })}
      />
      <span className="toolbar-caption" aria-hidden>
        Data
      </span>
      <Segments
        label="Data connections"
        value={settings.dataMode}
        options={MODES}
        onChange={(value) => change({ dataMode: dataModeSchema.options.find((o) => o === value) ?? 'passive' })}
      />
      <span className="toolbar-line" />
      <label className="check">
        <input
          type="checkbox"
          checked={settings.confirmSeveral}
          onChange={(event) => change({ confirmSeveral: event.target.checked })}
        />
        Ask before several files
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={settings.showHidden}
          onChange={(event) => change({ showHidden: event.target.checked })}
        />
        Show hidden files
      </label>
      <span className="toolbar-gap" />
      <ShareButton />
      <IconButton icon={SettingsIcon} label="Settings" onClick={() => openDialog({ kind: 'settings' })} />
    </div>
  )
}

/** The way to the page for sharing, and whether something is shared. */
function ShareButton() {
  const state = useShare((s) => s.share?.status.state ?? 'stopped')
  const unscanned = useUnscannedShare()
  const shown = useView((s) => s.view === 'share')
  return (
    <button
      type="button"
      className={`button small share-button ${unscanned ? 'is-unscanned' : ''}`}
      aria-pressed={shown}
      aria-label="Share"
      title={`Share a folder of this computer with others (${state}${unscanned ? ', uploads are not scanned' : ''})`}
      onClick={() => (shown ? showFiles() : showShare())}
    >
      {unscanned ? <ShieldOff size={14} aria-hidden /> : <RadioTower size={14} aria-hidden />}
      Share
      {state !== 'stopped' && <span className={`share-dot dot-${state}`} aria-hidden />}
    </button>
  )
}

interface SegmentsProps {
  label: string
  value: string
  /** Value, text, explanation. */
  options: readonly (readonly [string, string, string])[]
  onChange(value: string): void
}

/** A choice of one in a few, all in sight. */
export function Segments({ label, value, options, onChange }: SegmentsProps) {
  return (
    <ToggleGroup.Root
      type="single"
      className="segments"
      aria-label={label}
      value={value}
      // Choosing the chosen one again would leave none.
      onValueChange={(chosen) => chosen !== '' && onChange(chosen)}
    >
      {options.map(([key, text, hint]) => (
        <ToggleGroup.Item key={key} value={key} title={hint}>
          {text}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}

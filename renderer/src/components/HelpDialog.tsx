import { Tabs } from 'radix-ui'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { COMMANDS, usageOf } from '../../../common/commands.ts'
import { MENUS, titleOf } from '../../../common/menus.ts'
import { showKeys } from '../lib/shortcuts.ts'
import { isMac } from '../state/shortcuts.ts'
import './HelpDialog.css'
import { Modal, ModalButtons } from './Modal.tsx'

interface Line {
  /** What is pressed or typed. */
  key: string
  /** The menu's label; absent for what no menu has. */
  name?: string
  text: string
}

interface Part {
  title: string
  lines: readonly Line[]
}

/** What the window hears beside the menus' shortcuts. */
const MOVING: readonly Line[] = [
  { key: 'F6', text: 'To the next part of the window; with Shift to the one before' },
  { key: 'Enter', text: 'Open a folder, or transfer what is selected' },
  { key: 'Backspace', text: 'Open the folder above' },
  { key: 'Space', text: 'Select or leave out the row under the cursor' },
  { key: 'Shift+arrows', text: 'Select from row to row; with Ctrl move without selecting' },
  { key: 'Letters', text: 'Go to the name that begins with them' },
  { key: 'Shift+F10', text: 'Open the menu of the row' },
  { key: 'Escape', text: 'Clear the filter, close a menu or dialog' },
]

const MENU_KEYS: Line = { key: 'Alt, F10', text: 'Go to the menus; Alt with a first letter opens one' }

function shortcuts(mac: boolean): Part[] {
  return [
    ...MENUS.map(({ title, entries }) => ({
      title,
      lines: entries.map(({ menu, summary }) => ({
        key: showKeys(menu.keys, mac),
        name: menu.label.replace('…', ''),
        text: summary,
      })),
    })),
    { title: 'Moving about', lines: mac ? MOVING : [MENU_KEYS, ...MOVING] },
  ]
}

const commandParts = (): Part[] =>
  (['files', 'transfers', 'session'] as const).map((group) => ({
    title: titleOf(group),
    lines: COMMANDS.filter((spec) => spec.group === group).map((spec) => ({
      key: usageOf(spec),
      text: spec.aliases.length === 0 ? spec.summary : `${spec.summary} (also: ${spec.aliases.join(', ')})`,
    })),
  }))

/** The lines that have the text somewhere, and the parts that have such lines. */
function filtered(parts: readonly Part[], text: string): Part[] {
  const wanted = text.trim().toLowerCase()
  return parts
    .map(({ title, lines }) => ({
      title,
      lines: lines.filter((line) => `${line.key} ${line.name ?? ''} ${line.text}`.toLowerCase().includes(wanted)),
    }))
    .filter(({ lines }) => lines.length > 0)
}

/** All shortcuts and all commands, from the tables that also make them work. */
export function HelpDialog({ onClose }: { onClose(): void }) {
  const [filter, setFilter] = useState('')
  return (
    <Modal title="Shortcuts and commands" frame="help" onClose={onClose}>
      <Tabs.Root className="help-tabs" defaultValue="shortcuts">
        <div className="help-head">
          <Tabs.List className="segments" aria-label="Help">
            <Tabs.Trigger value="shortcuts">Shortcuts</Tabs.Trigger>
            <Tabs.Trigger value="commands">Console commands</Tabs.Trigger>
          </Tabs.List>
          <div className="help-filter">
            <Search size={14} aria-hidden />
            <input
              className="input"
              aria-label="Filter"
              placeholder="Filter"
              autoFocus
              spellCheck={false}
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          </div>
        </div>
        <Tabs.Content className="help-list" value="shortcuts">
          <Parts parts={filtered(shortcuts(isMac()), filter)} kind="keys" />
        </Tabs.Content>
        <Tabs.Content className="help-list" value="commands">
          <Parts parts={filtered(commandParts(), filter)} kind="usage" />
        </Tabs.Content>
      </Tabs.Root>
      <ModalButtons>
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </ModalButtons>
    </Modal>
  )
}

function Parts({ parts, kind }: { parts: readonly Part[]; kind: 'keys' | 'usage' }) {
  if (parts.length === 0) return <p className="help-none muted">Nothing here with this filter.</p>
  return parts.map(({ title, lines }) => (
    <section key={title}>
      <h3>{title}</h3>
      <dl className={`help-lines ${kind}`}>
        {lines.map((line) => (
          <div key={line.key} className="help-line">
            <dt>{line.key}</dt>
            {line.name !== undefined && <dd>{line.name}</dd>}
            <dd className={line.name === undefined ? 'alone' : 'muted'}>{line.text}</dd>
          </div>
        ))}
      </dl>
    </section>
  ))
}

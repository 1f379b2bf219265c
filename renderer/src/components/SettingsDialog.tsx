import { useState, type ReactNode } from 'react'
import { conflictPolicySchema, type ConflictPolicy, type Settings } from '../../../common/models.ts'
import { shownError } from '../api.ts'
import { updateSettings, useSettings } from '../state/settings.ts'
import { report, useUi } from '../state/ui.ts'
import { Modal, ModalButtons } from './Modal.tsx'
import { Segments } from './Toolbar.tsx'

const CONFLICTS: Record<ConflictPolicy, string> = {
  ask: 'Ask what to do',
  overwrite: 'Overwrite it',
  skip: 'Skip the new file',
  rename: 'Keep both, rename the new one',
}

type Agent = Settings['agent']
const ENGINES = [
  ['auto', 'The best one found'],
  ['clamd', 'ClamAV daemon (clamd)'],
  ['clamscan', 'ClamAV command line (clamscan)'],
  ['yara', 'Built-in YARA-X rules'],
] as const

/** Settings work at once, but for the scanner's, which are applied together. */
export function SettingsDialog({ onClose }: { onClose(): void }) {
  const settings = useSettings()
  const info = useUi((s) => s.info)
  const change = (update: Partial<Settings>): void => report(updateSettings(update))
  return (
    <Modal wide title="Settings" onClose={onClose}>
      <Row label="Theme">
        <Segments
          label="Theme"
          value={settings.theme}
          options={[
            ['system', 'System', 'As the operating system'],
            ['light', 'Light', 'Always light'],
            ['dark', 'Dark', 'Always dark'],
          ]}
          onChange={(theme) => change({ theme: theme === 'light' || theme === 'dark' ? theme : 'system' })}
        />
      </Row>
      <Row
        id="set-parallel"
        label="Files at the same time"
        help="Each file that moves uses a connection of its own. Some servers allow only a few."
      >
        <select
          id="set-parallel"
          className="select"
          value={settings.parallelTransfers}
          onChange={(event) => change({ parallelTransfers: Number(event.target.value) })}
        >
          {Array.from({ length: 10 }, (_, i) => (
            <option key={i} value={i + 1}>
              {i + 1}
            </option>
          ))}
        </select>
      </Row>
      <Row id="set-conflict" label="When a file exists">
        <select
          id="set-conflict"
          className="select"
          value={settings.conflict}
          onChange={(event) =>
            change({ conflict: conflictPolicySchema.options.find((o) => o === event.target.value) ?? 'ask' })
          }
        >
          {conflictPolicySchema.options.map((policy) => (
            <option key={policy} value={policy}>
              {CONFLICTS[policy]}
            </option>
          ))}
        </select>
      </Row>
      <div className="modal-line" />
      <AgentSettings key={JSON.stringify(settings.agent)} saved={settings.agent} />
      <ModalButtons>
        <span className="left muted">
          Sluice {info?.version}
          {info?.shell === 'browser' && ', in the browser shell'}
        </span>
        <button type="button" className="button primary" onClick={onClose}>
          Close
        </button>
      </ModalButtons>
    </Modal>
  )
}

/** Where scans happen. A wrong address would stop every transfer, so nothing is taken over before Apply. */
function AgentSettings({ saved }: { saved: Agent }) {
  const [mode, setMode] = useState(saved.mode)
  const [engine, setEngine] = useState(saved.mode === 'own' ? saved.engine : 'auto')
  const [clamd, setClamd] = useState(saved.mode === 'own' ? saved.clamd : '')
  const [url, setUrl] = useState(saved.mode === 'remote' ? saved.url : '')
  const [tokenFile, setTokenFile] = useState(saved.mode === 'remote' ? saved.tokenFile : '')
  const [certificateFile, setCertificateFile] = useState(saved.mode === 'remote' ? saved.certificateFile : '')
  const [problem, setProblem] = useState<string | null>(null)
  const agent: Agent =
    mode === 'own'
      ? { mode, engine, clamd: clamd.trim() }
      : { mode, url: url.trim(), tokenFile: tokenFile.trim(), certificateFile: certificateFile.trim() }
  const changed = JSON.stringify(agent) !== JSON.stringify(saved)

  const apply = async (): Promise<void> => {
    if (agent.mode === 'remote' && !/^https?:\/\/[^/\s]+/.test(agent.url)) {
      return setProblem('Type the agent’s address, like https://scanner.example.org:3311.')
    }
    if (agent.mode === 'remote' && agent.tokenFile === '') {
      return setProblem('Type the path of the file that holds the agent’s token.')
    }
    try {
      await updateSettings({ agent })
    } catch (error) {
      setProblem(shownError(error).message)
    }
  }
  return (
    <>
      <Row
        label="Virus scanner"
        help={
          mode === 'own'
            ? 'A scanning agent starts with the application and ends with it. Nothing leaves this computer for a scan.'
            : 'Files are sent to an agent on another machine and scanned there. Off this computer it should use https.'
        }
      >
        <Segments
          label="Virus scanner"
          value={mode}
          options={[
            ['own', 'On this computer', 'An agent started with the application'],
            ['remote', 'On another machine', 'A sluice-agent that runs elsewhere'],
          ]}
          onChange={(value) => setMode(value === 'remote' ? 'remote' : 'own')}
        />
      </Row>
      {mode === 'own' ? (
        <>
          <Row id="set-engine" label="Engine">
            <select
              id="set-engine"
              className="select"
              value={engine}
              onChange={(event) => setEngine(ENGINES.find(([key]) => key === event.target.value)?.[0] ?? 'auto')}
            >
              {ENGINES.map(([key, text]) => (
                <option key={key} value={key}>
                  {text}
                </option>
              ))}
            </select>
          </Row>
          {(engine === 'auto' || engine === 'clamd') && (
            <Row
              id="set-clamd"
              label="clamd address"
              help="unix:/path or tcp:host:port. Empty: the usual places are tried."
            >
              <TextField id="set-clamd" value={clamd} onChange={setClamd} placeholder="unix:/run/clamav/clamd.ctl" />
            </Row>
          )}
        </>
      ) : (
        <>
          <Row id="set-url" label="Agent’s address">
            <TextField id="set-url" value={url} onChange={setUrl} placeholder="https://scanner.example.org:3311" />
          </Row>
          <Row id="set-token" label="Token file" help="Path of a file on this computer that holds the agent’s token.">
            <TextField id="set-token" value={tokenFile} onChange={setTokenFile} placeholder="/home/me/agent.token" />
          </Row>
          <Row
            id="set-certificate"
            label="Certificate file"
            help="Only for an agent with a self-made certificate: a copy of it (PEM). Empty: public authorities count."
          >
            <TextField
              id="set-certificate"
              value={certificateFile}
              onChange={setCertificateFile}
              placeholder="/home/me/agent.pem"
            />
          </Row>
        </>
      )}
      {problem !== null && (
        <p role="alert" className="tone-bad">
          {problem}
        </p>
      )}
      {changed && (
        <ModalButtons>
          <button type="button" className="button" onClick={() => void apply()}>
            Apply and restart the scanner
          </button>
        </ModalButtons>
      )}
    </>
  )
}

interface RowProps {
  /** Of the control that the label belongs to; absent where the control names itself. */
  id?: string
  label: string
  help?: string
  children: ReactNode
}

function Row({ id, label, help, children }: RowProps) {
  return (
    <div className="form-row">
      {id === undefined ? <span className="label">{label}</span> : <label htmlFor={id}>{label}</label>}
      <div>{children}</div>
      {help !== undefined && <p className="help">{help}</p>}
    </div>
  )
}

interface TextFieldProps {
  id: string
  value: string
  placeholder: string
  onChange(text: string): void
}

function TextField({ id, value, placeholder, onChange }: TextFieldProps) {
  return (
    <input
      id={id}
      className="input"
      spellCheck={false}
      autoComplete="off"
      value={value}
      placeholder={placeholder}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

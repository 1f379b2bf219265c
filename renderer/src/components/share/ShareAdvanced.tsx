import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { ADVANCED, type ShareField, type ShareForm } from '../../lib/share-form.ts'
import { editShare, useShare } from '../../state/share.ts'
import { CheckRow, TextRow } from './Fields.tsx'

type NumberField = 'connections' | 'perAddress' | 'perAccount' | 'failedLogins'
type SecondsField = 'loginSeconds' | 'idleSeconds' | 'dataSeconds' | 'banSeconds'
type LimitField = NumberField | SecondsField | 'keepDays' | 'maxEntries'

/** Field, label, unit. */
const LIMITS: readonly (readonly [LimitField, string, string])[] = [
  ['connections', 'Connections in all', ''],
  ['perAddress', 'From one address', ''],
  ['perAccount', 'Of one account', ''],
  ['loginSeconds', 'Time to log in', 'seconds'],
  ['idleSeconds', 'Idle session ends after', 'seconds'],
  ['dataSeconds', 'Stuck transfer ends after', 'seconds'],
  ['failedLogins', 'Wrong passwords', 'before a pause'],
  ['banSeconds', 'First pause', 'seconds, then twice as long'],
]

const LOG: readonly (readonly [LimitField, string, string])[] = [
  ['keepDays', 'Keep the audit log', 'days'],
  ['maxEntries', 'Audit entries at most', ''],
]

/** What most people never need; it opens by itself where something in it is wrong. */
export function ShareAdvanced({ form }: { form: ShareForm }) {
  const errors = useShare((s) => s.errors)
  const [opened, setOpened] = useState(false)
  const wrong = (Object.keys(errors) as ShareField[]).some((field) => ADVANCED.has(field))
  const open = opened || wrong
  const limit = ([field, label, after]: (typeof LIMITS)[number]) => (
    <TextRow
      key={field}
      id={`share-${field}`}
      label={label}
      short
      after={after}
      value={form[field]}
      error={errors[field]}
      onChange={(text) => editShare({ [field]: text })}
    />
  )
  return (
    <>
      <button
        type="button"
        className="share-more"
        aria-expanded={open}
        aria-controls="share-advanced"
        onClick={() => setOpened(!open)}
      >
        <ChevronRight size={16} aria-hidden />
        Advanced
        <span className="muted">ports, certificate, limits, log</span>
      </button>
      <div id="share-advanced" hidden={!open}>
        {open && (
          <>
            <Ports form={form} />
            <Certificate form={form} />
            <fieldset>
              <legend>Limits</legend>
              {LIMITS.map(limit)}
            </fieldset>
            <fieldset>
              <legend>Log and greeting</legend>
              {LOG.map(limit)}
              <TextRow
                id="share-greeting"
                label="Greeting"
                value={form.greeting}
                error={errors.greeting}
                help="Everybody who connects sees it before the login."
                onChange={(greeting) => editShare({ greeting })}
              />
            </fieldset>
          </>
        )}
      </div>
    </>
  )
}

function Ports({ form }: { form: ShareForm }) {
  const errors = useShare((s) => s.errors)
  return (
    <fieldset>
      <legend>Ports and addresses</legend>
      <CheckRow
        label="Implicit TLS"
        text="A second port with TLS from the first byte (ftps://)"
        checked={form.implicit && form.tls !== 'off'}
        disabled={form.tls === 'off'}
        onChange={(implicit) => editShare({ implicit })}
      />
      {form.implicit && form.tls !== 'off' && (
        <TextRow
          id="share-implicit"
          label="Implicit TLS port"
          short
          value={form.implicitPort}
          error={errors.implicitPort}
          onChange={(implicitPort) => editShare({ implicitPort })}
        />
      )}
      <TextRow
        id="share-passive-from"
        label="Passive ports from"
        short
        value={form.passiveFrom}
        placeholder="any"
        error={errors.passiveFrom}
        onChange={(passiveFrom) => editShare({ passiveFrom })}
      />
      <TextRow
        id="share-passive-to"
        label="Passive ports to"
        short
        value={form.passiveTo}
        placeholder="any"
        error={errors.passiveTo}
        help="Files and listings move through these. Open the same ones in router and firewall."
        onChange={(passiveTo) => editShare({ passiveTo })}
      />
      <TextRow
        id="share-external"
        label="External address"
        value={form.externalAddress}
        placeholder="the one the client came to"
        error={errors.externalAddress}
        help="Behind a router: the address that the internet sees."
        onChange={(externalAddress) => editShare({ externalAddress })}
      />
      <CheckRow
        label="Active mode"
        text="Connect to clients that ask for it (PORT, EPRT)"
        checked={form.active}
        onChange={(active) => editShare({ active })}
      />
    </fieldset>
  )
}

function Certificate({ form }: { form: ShareForm }) {
  const errors = useShare((s) => s.errors)
  return (
    <fieldset>
      <legend>Certificate</legend>
      <TextRow
        id="share-certificate"
        label="Certificate file"
        value={form.certificateFile}
        placeholder="one is made at the first start"
        error={errors.certificateFile}
        onChange={(certificateFile) => editShare({ certificateFile })}
      />
      <TextRow
        id="share-key"
        label="Key file"
        value={form.keyFile}
        placeholder="one is made at the first start"
        error={errors.keyFile}
        help="Paths of PEM files, both or none. When they change, the new ones are read."
        onChange={(keyFile) => editShare({ keyFile })}
      />
      <CheckRow
        label="Data connections"
        text="Must resume the TLS session of their login"
        checked={form.requireResumption}
        disabled={form.tls === 'off'}
        help="Keeps strangers from taking somebody’s file; a few programs cannot do it."
        onChange={(requireResumption) => editShare({ requireResumption })}
      />
    </fieldset>
  )
}

import { useEffect, useRef } from 'react'
import { TriangleAlert } from 'lucide-react'
import type { ShareState } from '../../../../common/ipc.ts'
import { ALL_HOSTS, isExposed, type ShareForm } from '../../lib/share-form.ts'
import { interfaceText, reachText } from '../../lib/share-text.ts'
import { discardEdits, editShare, restartSharing, saveShare, shownForm, useShare } from '../../state/share.ts'
import { openDialog } from '../../state/ui.ts'
import { Segments } from '../Toolbar.tsx'
import { CheckRow, FolderRow, Row, SelectRow, TextRow } from './Fields.tsx'
import { ShareAddresses } from './ShareAddresses.tsx'
import { ShareAdvanced } from './ShareAdvanced.tsx'

/** What is shared, with whom and how; beside it where it can be reached. */
export function ShareSetup({ share }: { share: ShareState }) {
  const draft = useShare((s) => s.draft)
  const focusError = useShare((s) => s.focusError)
  const form = useRef<HTMLFormElement>(null)
  const shown = shownForm({ draft, share })
  useEffect(() => {
    // The folded part opens for its own fields in the same round.
    if (!focusError) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    useShare.setState({ focusError: false })
  }, [focusError])
  if (!shown) return null
  return (
    <div className="share-setup" tabIndex={0} role="group" aria-label="Settings of the server">
      <form
        ref={form}
        className="share-form"
        aria-label="Share settings"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void saveShare()
        }}
      >
        <Where form={shown} />
        <Encryption form={shown} />
        <Guests form={shown} />
        <ShareAdvanced form={shown} />
        {draft !== null && <SaveBar running={share.status.state === 'running'} />}
      </form>
      <ShareAddresses status={share.status} />
    </div>
  )
}

function SaveBar({ running }: { running: boolean }) {
  const busy = useShare((s) => s.busy)
  const errors = useShare((s) => Object.keys(s.errors).length)
  return (
    <div className="share-save" role="group" aria-label="Changes">
      <p className={errors === 0 ? 'muted' : 'tone-bad'} role="status">
        {errors === 0 ? 'Not saved yet.' : 'Mend what is marked red, then save.'}
      </p>
      <button type="button" className="button" onClick={discardEdits}>
        Discard changes
      </button>
      {running && (
        <button type="submit" className="button" disabled={busy !== null}>
          Save for later
        </button>
      )}
      {running ? (
        <button type="button" className="button primary" disabled={busy !== null} onClick={() => void restartSharing()}>
          Save and restart
        </button>
      ) : (
        <button type="submit" className="button primary" disabled={busy !== null}>
          {busy === 'save' ? 'Saving…' : 'Save'}
        </button>
      )}
    </div>
  )
}

interface PartProps {
  form: ShareForm
}

function Where({ form }: PartProps) {
  const errors = useShare((s) => s.errors)
  const interfaces = useShare((s) => s.interfaces)
  const hosts: (readonly [string, string])[] = [
    [ALL_HOSTS[0], 'All of them (IPv4)'],
    [ALL_HOSTS[1], 'All of them (IPv4 and IPv6)'],
    ...interfaces.map((one) => [one.host, interfaceText(one)] as const),
  ]
  // One that was chosen and is not there now, like a cable that was pulled.
  if (!hosts.some(([host]) => host === form.host)) hosts.push([form.host, `${form.host} (not there now)`])
  return (
    <fieldset>
      <legend>What and for whom</legend>
      <FolderRow
        id="share-root"
        label="Folder"
        value={form.root}
        placeholder="No folder is chosen"
        error={errors.root}
        help="Others see this folder and what is in it, and nothing above it."
        onChange={(root) => editShare({ root })}
      />
      <Row
        label="Who can reach it"
        help={form.reach === 'loopback' ? 'Safe to try out: no other device gets to it.' : reachText(form, interfaces)}
      >
        <Segments
          label="Who can reach it"
          value={form.reach}
          options={[
            ['loopback', 'This computer only', 'Only programs on this computer can connect'],
            ['network', 'This network', 'Other devices can connect'],
          ]}
          onChange={(value) => editShare({ reach: value === 'network' ? 'network' : 'loopback' })}
        />
      </Row>
      {form.reach === 'network' && (
        <SelectRow
          id="share-host"
          label="Network connection"
          value={form.host}
          options={hosts}
          error={errors.host}
          onChange={(host) => editShare({ host })}
        />
      )}
      <TextRow
        id="share-port"
        label="Port"
        short
        value={form.port}
        error={errors.port}
        help="Below 1024 most systems want an administrator. 0 takes any free one."
        onChange={(port) => editShare({ port })}
      />
    </fieldset>
  )
}

const TLS_MODES = [
  ['required', 'Required'],
  ['allowed', 'Allowed, plain text too'],
  ['off', 'Off, all in plain text'],
] as const

const TLS_HINTS: Record<ShareForm['tls'], string> = {
  required: 'Nobody gets in without it: no password and no file can be read on the way.',
  allowed: 'Old programs without TLS get in too. What they send can be read on the way.',
  off: 'Everything that passes can be read and changed on the way, passwords too.',
}

function Encryption({ form }: PartProps) {
  return (
    <fieldset>
      <legend>Safety</legend>
      <SelectRow
        id="share-tls"
        label="Encryption (TLS)"
        value={form.tls}
        options={TLS_MODES}
        help={TLS_HINTS[form.tls]}
        onChange={(tls) => editShare({ tls })}
      />
      {isExposed(form) && (
        <p className="share-warning tone-warn" role="alert">
          <TriangleAlert size={16} aria-hidden />
          Other devices will be able to log in without encryption. Do this only in a network where you trust everybody.
        </p>
      )}
      <CheckRow
        label="Virus scan"
        text="Scan every upload before it gets its name"
        checked={form.scan}
        help={
          form.scan ? (
            'What is infected is refused and locked away in the quarantine.'
          ) : (
            <strong className="tone-bad">Off: whatever others upload is taken as it is.</strong>
          )
        }
        onChange={(scan) => (scan ? editShare({ scan }) : openDialog({ kind: 'share-stop-scanning' }))}
      />
    </fieldset>
  )
}

function Guests({ form }: PartProps) {
  const errors = useShare((s) => s.errors)
  return (
    <fieldset>
      <legend>Guests and new accounts</legend>
      <CheckRow
        label="Guests"
        text="Let anybody in without an account (anonymous)"
        checked={form.anonymous}
        help="They may look and download, and change nothing."
        onChange={(anonymous) => editShare({ anonymous })}
      />
      {form.anonymous && (
        <FolderRow
          id="share-anonymous"
          label="Guests’ folder"
          value={form.anonymousRoot}
          error={errors.anonymousRoot}
          placeholder="No folder is chosen"
          onChange={(anonymousRoot) => editShare({ anonymousRoot })}
        />
      )}
      <CheckRow
        label="Sign-up"
        text="Let anybody make an account of their own"
        checked={form.signUp}
        help="Each new account gets a folder of its own, and sees no other."
        onChange={(signUp) => editShare({ signUp })}
      />
      {form.signUp && (
        <>
          <FolderRow
            id="share-sign-up"
            label="Their folders go in"
            value={form.signUpFolder}
            error={errors.signUpFolder}
            placeholder="No folder is chosen"
            onChange={(signUpFolder) => editShare({ signUpFolder })}
          />
          <SelectRow
            id="share-sign-up-role"
            label="They may"
            value={form.signUpRole}
            options={[
              ['writer', 'Read and write'],
              ['reader', 'Read only'],
            ]}
            onChange={(signUpRole) => editShare({ signUpRole })}
          />
          <TextRow
            id="share-sign-up-quota"
            label="Room for each"
            short
            value={form.signUpQuota}
            placeholder="no limit"
            error={errors.signUpQuota}
            onChange={(signUpQuota) => editShare({ signUpQuota })}
          />
          <TextRow
            id="share-sign-up-day"
            label="At most"
            short
            after="accounts a day from one address"
            value={form.signUpPerDay}
            error={errors.signUpPerDay}
            onChange={(signUpPerDay) => editShare({ signUpPerDay })}
          />
        </>
      )}
    </fieldset>
  )
}

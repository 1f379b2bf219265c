import { CircleAlert, CircleCheck, LoaderCircle, Network, QrCode } from 'lucide-react'
import { QRCodeSVG } from 'qrcode.react'
import { useMemo, useState } from 'react'
import { formatCount } from '../../../../common/format.ts'
import type { ShareAddress, ShareStatus } from '../../../../common/share.ts'
import { visibleName } from '../../lib/names.ts'
import { addressesOf, appText, byUse, REACH_TEXT } from '../../lib/share-text.ts'
import { testPorts, useShare } from '../../state/share.ts'
import { Fingerprint } from '../Fingerprint.tsx'
import { CopyButton } from './CopyButton.tsx'

/** Addresses in sight at first: the code below them shall be seen without scrolling. */
const FEW = 3

/** Where the server can be reached: addresses, a code for phones, the certificate, and whether the ports are open. */
export function ShareAddresses({ status }: { status: ShareStatus }) {
  const known = addressesOf(status)
  const addresses = useMemo(() => byUse(known), [known])
  const [chosen, setChosen] = useState<string | null>(null)
  const [all, setAll] = useState(false)
  const folded = !all && addresses.length > FEW + 1
  const shown = addresses.find(({ url }) => url === chosen) ?? addresses[0]
  if (!shown || !('fingerprint' in status)) {
    return (
      <aside className="share-side" aria-label="Addresses">
        <div className="share-empty">
          <QrCode size={28} aria-hidden />
          <h3>No addresses yet</h3>
          <p>While the server runs, its addresses stand here, with a code that phones can read.</p>
        </div>
      </aside>
    )
  }
  return (
    <aside className="share-side" aria-label="Addresses">
      <h3>Addresses</h3>
      <ul className="share-addresses">
        {(folded ? addresses.slice(0, FEW) : addresses).map((address) => (
          <Address key={address.url} address={address} checked={address === shown} onChoose={setChosen} />
        ))}
      </ul>
      {folded && (
        <button type="button" className="button small share-all" onClick={() => setAll(true)}>
          Show all {formatCount(addresses.length)} addresses
        </button>
      )}
      <figure className="share-code">
        {/* Black on white in the dark, too: many cameras read nothing else. */}
        <QRCodeSVG value={shown.url} size={176} marginSize={4} level="M" title={`QR code of ${shown.url}`} />
        <figcaption className="muted">
          {shown.reach === 'loopback'
            ? 'This address works on this computer alone. For phones choose “This network” under “Who can reach it”.'
            : `Read it with a phone, or type the address into its FTP app. Choose ${appText(shown.implicit, status)} there, and log in with an account.`}
        </figcaption>
      </figure>
      <h3>Certificate</h3>
      {status.fingerprint === null ? (
        <p className="tone-warn">There is none: TLS is off, and nobody can tell whether this is the right server.</p>
      ) : (
        <>
          <p className="muted">
            A program that connects for the first time shows a SHA-256 fingerprint. Trust it only if it is this one,
            letter by letter.
          </p>
          <div className="share-fingerprint">
            <code className="mono selectable">
              <Fingerprint text={status.fingerprint} />
            </code>
            <CopyButton text={status.fingerprint} label="Copy the fingerprint" />
          </div>
        </>
      )}
      {status.state === 'running' && <PortTestPart />}
    </aside>
  )
}

interface AddressProps {
  address: ShareAddress
  checked: boolean
  onChoose(url: string): void
}

function Address({ address: { url, reach, implicit, interface: name }, checked, onChoose }: AddressProps) {
  return (
    <li>
      <label>
        <input type="radio" name="share-address" checked={checked} onChange={() => onChoose(url)} />
        <span className="share-url selectable">{visibleName(url)}</span>
        <span className="share-reach muted">
          {REACH_TEXT[reach]}
          {name !== '' && reach !== 'loopback' && ` · ${visibleName(name)}`}
          {implicit && ' · implicit TLS'}
        </span>
      </label>
      <CopyButton text={url} label={`Copy ${url}`} />
    </li>
  )
}

function PortTestPart() {
  const portTest = useShare((s) => s.portTest)
  const busy = portTest.state === 'busy'
  return (
    <>
      <h3>Can it be reached?</h3>
      <p className="muted">Connects to each address from here, and says what firewall and router have to let pass.</p>
      <button
        type="button"
        className="button share-test"
        aria-disabled={busy}
        onClick={() => !busy && void testPorts()}
      >
        {busy ? <LoaderCircle size={14} className="turning" aria-hidden /> : <Network size={14} aria-hidden />}
        {busy ? 'Testing…' : 'Test the ports'}
      </button>
      <div aria-live="polite" className="share-test-result selectable">
        {portTest.state === 'failed' && <p className="tone-bad">{portTest.error.message}</p>}
        {portTest.state === 'done' && (
          <>
            <ul>
              {portTest.test.results.map(({ address, reachable, message }) => (
                <li key={address.url}>
                  {reachable ? (
                    <CircleCheck size={16} className="tone-good" aria-label="Reachable" />
                  ) : (
                    <CircleAlert size={16} className="tone-bad" aria-label="Not reachable" />
                  )}
                  <span>
                    <strong>{visibleName(address.url)}</strong> {visibleName(message)}
                  </span>
                </li>
              ))}
            </ul>
            {portTest.test.advice.map((paragraph) => (
              <p key={paragraph}>{visibleName(paragraph)}</p>
            ))}
          </>
        )}
      </div>
    </>
  )
}

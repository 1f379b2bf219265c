/** What each request of the app does. */
import { SluiceError } from '../../common/errors.ts'
import type { ShareMethod, ShareParsedArgument, ShareResults } from '../../common/share-control.ts'
import type { AgentAddress } from '../../electron/gate/index.ts'
import { exportAudit } from '../audit/export.ts'
import { testPorts } from '../port-test.ts'
import type { ManagedShare } from './managed-share.ts'

type Handlers = { [M in ShareMethod]: (argument: ShareParsedArgument<M>) => Promise<ShareResults[M]> }

/** In the app nobody logs in: the audit log has no name and no address for what is done there. */
const IN_THE_APP = { account: null, address: null }

export function createHandlers(share: ManagedShare): Handlers {
  const accounts = () => share.opened.database.accounts
  const audit = () => share.opened.database.audit
  return {
    open: async (argument) => {
      await share.open(argument)
      return null
    },
    start: (config) => share.start(config),
    stop: async ({ graceMs }) => {
      await share.stop(graceMs)
      return null
    },
    useAgent: async (address) => {
      share.useAgent(address === null ? null : agentAddress(address))
      return null
    },
    watch: async (wanted) => {
      share.watch(wanted)
      return null
    },
    kick: async ({ session }) => {
      // One that has gone meanwhile is what was wanted.
      share.running.server.kick(session)
      return null
    },
    'accounts.list': () => accounts().list(),
    'accounts.add': async (account) => {
      const added = await accounts().add(account)
      audit().add({ kind: 'account-added', outcome: 'ok', detail: added.name })
      return added
    },
    'accounts.update': async ({ id, changes }) => {
      const changed = await accounts().update(id, given(changes))
      audit().add({ kind: 'account-changed', outcome: 'ok', detail: changed.name })
      return changed
    },
    'accounts.setPassword': async ({ id, password }) => {
      const name = await nameOf(share, id)
      await accounts().setPassword(id, password)
      audit().add({ kind: 'password-changed', outcome: 'ok', detail: name })
      return null
    },
    'accounts.remove': async ({ id }) => {
      const name = await nameOf(share, id)
      await accounts().remove(id)
      audit().add({ kind: 'account-removed', outcome: 'ok', detail: name })
      return null
    },
    'audit.page': (page) => audit().page(page),
    'audit.clear': async (filter) => ({ removed: await audit().clear(filter, IN_THE_APP) }),
    'audit.export': async ({ file, format, filter }) => ({
      entries: await exportAudit(audit(), { file, format, filter }),
    }),
    portTest: () => testPorts(share.running.server.addresses, share.running.config),
  }
}

/** What travels between processes may say `undefined` for what was left out. */
function given<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const said = Object.entries(changes).filter(([, value]) => value !== undefined)
  return Object.fromEntries(said) as { [K in keyof T]: Exclude<T[K], undefined> }
}

function agentAddress({ ca, ...at }: NonNullable<ShareParsedArgument<'useAgent'>>): AgentAddress {
  return ca === undefined ? at : { ...at, ca }
}

/** The name of an account. @throws SluiceError not-found */
async function nameOf(share: ManagedShare, id: number): Promise<string> {
  const found = (await share.opened.database.accounts.list()).find((account) => account.id === id)
  if (found === undefined) throw new SluiceError('not-found', 'The account is not there any more.')
  return found.name
}

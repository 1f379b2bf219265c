/** The handlers of sharing a folder. */
import { shareInterfaces } from '../services/network-interfaces.ts'
import type { ShareService } from '../services/share/share-service.ts'
import type { IpcHandlers } from './router.ts'

type ShareChannel = Extract<keyof IpcHandlers, `share.${string}`>

export function createShareHandlers(share: ShareService): Pick<IpcHandlers, ShareChannel> {
  return {
    'share.get': () => share.state(),
    'share.setConfig': (config) => share.setConfig(config),
    'share.start': () => share.start(),
    'share.stop': () => share.stop(),
    'share.tryOut': () => share.tryOut(),
    'share.watch': (wanted) => share.watch(wanted),
    'share.kick': async (session) => {
      await share.call('kick', { session })
    },
    'share.accounts': () => share.call('accounts.list', null),
    'share.addAccount': (account) => share.call('accounts.add', account),
    'share.updateAccount': (id, changes) => share.call('accounts.update', { id, changes }),
    'share.setPassword': async (id, password) => {
      await share.call('accounts.setPassword', { id, password })
    },
    'share.removeAccount': async (id) => {
      await share.call('accounts.remove', { id })
    },
    'share.audit': (page) => share.call('audit.page', page),
    'share.clearAudit': (filter) => share.call('audit.clear', filter),
    'share.exportAudit': (format, filter) => share.exportAudit(format, filter),
    'share.portTest': () => share.call('portTest', null),
    'share.interfaces': () => shareInterfaces(),
    'share.chooseFolder': (from) => share.chooseFolder(from),
  }
}

/** The handlers of all verbs; the compiler finds one that is missing. */
import type { Handler } from '../session/types.ts'
import { dataPortsVerbs } from './data-ports.ts'
import { filesVerbs } from './files.ts'
import { listingsVerbs } from './listings.ts'
import { loginVerbs } from './login.ts'
import { parametersVerbs } from './parameters.ts'
import { siteVerbs } from './site.ts'
import { transfersVerbs } from './transfers.ts'
import type { VerbName } from './table.ts'

export const HANDLERS: Record<VerbName, Handler> = {
  ...loginVerbs,
  ...parametersVerbs,
  ...dataPortsVerbs,
  ...listingsVerbs,
  ...transfersVerbs,
  ...filesVerbs,
  ...siteVerbs,
}

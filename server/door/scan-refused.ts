/** The end of an upload that will get no verdict, told before all its bytes are here. */
import type { ScanReport } from '../../common/models.ts'
import type { Refused } from '../../electron/gate/index.ts'
import { ReplyError } from '../protocol/reply-error.ts'

/** The rest of the upload need not come. The report is for the audit log: its words may name the agent's machine. */
export class ScanRefused extends ReplyError {
  readonly report: ScanReport

  constructor({ report, code }: Refused) {
    const why = code === 'scan-too-large' ? 'is larger than the scanner takes' : 'could not be scanned'
    super(451, `The file ${why}; nothing was stored.`)
    this.report = report
  }
}

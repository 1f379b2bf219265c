/**
 * The folder that an upload goes to, made when the server refuses the file because it is missing. Only then: a file that
 * the scan blocks should leave no folders behind, and looking in advance would cost every request its round trips, and
 * the wait for a connection.
 */
import { endpointUrl } from '../../common/endpoint.ts'
import { remoteParent } from '../../common/remote-path.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { Job, JobTools } from './job.ts'
import { makeFolders } from './remote-folders.ts'

/**
 * Makes `folder`, with the ones above that are missing.
 * @returns false when it was there all along: then the refusal has another reason
 * @throws SluiceError as MKD was refused
 */
export async function makeMissingFolder(
  { leased, signal }: Job,
  tools: JobTools,
  client: FtpClient,
  folder: string,
): Promise<boolean> {
  const { endpoint } = leased.request
  const account = endpointUrl(endpoint)
  // Several files into one new folder find it missing at the same time; the first makes it, the others then see that.
  const release = await tools.locks.hold(`folders of ${account}`, signal)
  try {
    for (const made of await makeFolders(client, folder, signal)) {
      tools.madeFolders.add(`${account} ${made}`)
      tools.folders.madeFolder(endpoint, made)
      tools.folderMade(remoteParent(made))
    }
    return tools.madeFolders.has(`${account} ${folder}`)
  } finally {
    release()
  }
}

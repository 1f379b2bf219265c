/** curl, as the program of somebody else, against the file server that the app runs. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { peer } from '../testing/peers.ts'

export interface Login {
  name: string
  password: string
  port: number
}

export const curlArguments = ({ name, password, port }: Login, path: string, ...more: string[]): string[] => [
  ...['-sS', '--ssl-reqd', '-k', '--max-time', '60', '-u', `${name}:${password}`, ...more],
  `ftp://127.0.0.1:${port}${path}`,
]

/** What it prints. */
export const curl = async (login: Login, path: string, ...more: string[]): Promise<string> =>
  (await promisify(execFile)(peer('curl'), curlArguments(login, path, ...more))).stdout

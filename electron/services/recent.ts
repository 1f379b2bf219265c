/** Connections used before, newest first. No password ever gets here. */
import { z } from 'zod'
import { endpointSchema, type Endpoint, type RecentConnection } from '../../common/models.ts'
import { JsonFile } from './json-file.ts'

const LIMIT = 20

const fileSchema = z.array(endpointSchema.extend({ lastUsed: z.number() }))

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.protocol === b.protocol && a.host === b.host && a.port === b.port && a.user === b.user
}

export class RecentConnections {
  readonly #file: JsonFile<RecentConnection[]>
  #list: RecentConnection[]

  private constructor(file: JsonFile<RecentConnection[]>, list: RecentConnection[]) {
    this.#file = file
    this.#list = list
  }

  /** @param path absolute path of the file they rest in */
  static async open(path: string): Promise<RecentConnections> {
    const file = new JsonFile<RecentConnection[]>(path, fileSchema, () => [])
    const { value } = await file.read()
    return new RecentConnections(file, value)
  }

  list(): RecentConnection[] {
    return this.#list
  }

  /** Puts a connection first. @param now ms since the epoch */
  async add({ protocol, host, port, user }: Endpoint, now: number): Promise<RecentConnection[]> {
    const entry = { protocol, host, port, user, lastUsed: now }
    this.#list = [entry, ...this.#list.filter((other) => !sameEndpoint(other, entry))].slice(0, LIMIT)
    await this.#file.write(this.#list)
    return this.#list
  }

  async remove(endpoint: Endpoint): Promise<RecentConnection[]> {
    this.#list = this.#list.filter((other) => !sameEndpoint(other, endpoint))
    await this.#file.write(this.#list)
    return this.#list
  }
}

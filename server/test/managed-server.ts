/** The server process as the app starts it, with a parent that a test can be. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import type { ShareEvent, ShareMessage, ShareMethod, ShareResults } from '../../common/share-control.ts'
import { ENTRY } from './sluice-server.ts'

type EventName = ShareEvent['name']
type EventOf<N extends EventName> = Extract<ShareEvent, { name: N }>

export interface ManagedServer {
  child: ChildProcess
  events: ShareEvent[]
  /** The answer's value. @throws Error with the answer's code and message */
  call<M extends ShareMethod>(method: M, argument: unknown): Promise<ShareResults[M]>
  /** The first event from now on that fits; `past` looks at those before, too. */
  event<N extends EventName>(name: N, fits?: (event: EventOf<N>) => boolean, past?: boolean): Promise<EventOf<N>>
}

export function startManaged(): ManagedServer {
  const child = fork(ENTRY, ['--managed'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const events: ShareEvent[] = []
  const waiting = new Map<number, (message: Extract<ShareMessage, { type: 'answer' }>) => void>()
  const listeners = new Set<(event: ShareEvent) => void>()
  child.on('message', (message) => {
    // Sent by our own server: the contract's types hold.
    const said = message as ShareMessage
    if (said.type === 'answer') return waiting.get(said.id)?.(said)
    events.push(said.event)
    for (const listener of listeners) listener(said.event)
  })
  let lastId = 0
  return {
    child,
    events,
    call: (method, argument) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        waiting.set(id, (answer) => {
          waiting.delete(id)
          if (answer.ok) resolve(answer.value as ShareResults[typeof method])
          else reject(new Error(`${answer.error.code}: ${answer.error.message}`))
        })
        child.send({ id, method, argument })
      }),
    event: (name, fits = () => true, past = false) =>
      new Promise((resolve) => {
        const look = (event: ShareEvent): void => {
          if (event.name !== name || !fits(event as EventOf<typeof name>)) return
          listeners.delete(look)
          resolve(event as EventOf<typeof name>)
        }
        if (past) events.forEach(look)
        listeners.add(look)
      }),
  }
}

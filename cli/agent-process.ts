/** A scanning agent of our own, as a plain child process. */
import { fork, type ChildProcess } from 'node:child_process'
import type { CoreOptions } from '../electron/services/core.ts'

/** ms that an agent which was told to end may take */
const END_LIMIT = 3000

/** How agents of our own are started, and seen off. */
export interface AgentProcesses {
  fork: CoreOptions['forkAgent']
  /** Resolves when no agent is left; one that does not end is ended by force. */
  ended(): Promise<void>
}

/**
 * @param entry absolute path of the agent's entry
 * @param verbose whether what the agent says is shown
 */
export function agentProcesses(entry: string, verbose: boolean): AgentProcesses {
  const running = new Set<ChildProcess>()
  return {
    fork: (args, env) => {
      const child = fork(entry, args, {
        env,
        execArgv: [],
        // A group of its own: Ctrl-C in the terminal is for the command, which may still need its scanner.
        detached: true,
        stdio: ['ignore', 'ignore', verbose ? 'inherit' : 'ignore', 'ipc'],
      })
      running.add(child)
      child.once('exit', () => running.delete(child))
      return {
        on: (event, listener) => child.on(event, listener),
        once: (event, listener) => child.once(event, (code) => listener(code ?? 1)),
        kill: () => child.kill(),
      }
    },
    async ended() {
      const all = [...running].map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve())))
      const timer = setTimeout(() => running.forEach((child) => child.kill('SIGKILL')), END_LIMIT)
      await Promise.all(all)
      clearTimeout(timer)
    },
  }
}

/** A scanning agent of our own, as a plain child process. */
import { fork, type ChildProcess } from 'node:child_process'
import type { ForkAgent } from './agent-supervisor.ts'

/** An agent, and what it says when it is in trouble, if that can be read. */
export type SpeakingAgent = ReturnType<ForkAgent> & { stderr: NodeJS.ReadableStream | null }

/** Characters kept of what an agent said. */
const LAST_WORDS = 1000
/** ms that an agent which was told to end may take */
const END_LIMIT = 3000

/** How agents of our own are started, and seen off. */
export interface AgentProcesses {
  fork: (...args: Parameters<ForkAgent>) => SpeakingAgent
  /** Resolves when no agent is left; one that does not end is ended by force. */
  ended(): Promise<void>
}

/**
 * @param entry absolute path of the agent's entry
 * @param verbose whether what the agent says is shown as it comes
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
        stdio: ['ignore', 'ignore', verbose ? 'inherit' : 'pipe', 'ipc'],
      })
      running.add(child)
      child.once('exit', () => running.delete(child))
      return {
        on: (event, listener) => child.on(event, listener),
        once: (event, listener) => child.once(event, (code) => listener(code ?? 1)),
        kill: () => child.kill(),
        stderr: child.stderr,
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

/** Starts agents and tells the last line of one that ends by itself, each line once. */
export function tellingWhy(fork: AgentProcesses['fork'], tell: (text: string) => void): ForkAgent {
  const told = new Set<string>()
  return (args, env) => {
    const agent = fork(args, env)
    let said = ''
    let killed = false
    agent.stderr?.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-LAST_WORDS)))
    agent.stderr?.once('end', () => {
      const last = said.trim().split('\n').at(-1) ?? ''
      if (killed || last === '' || told.has(last)) return
      told.add(last)
      tell(last)
    })
    return {
      on: (event, listener) => agent.on(event, listener),
      once: (event, listener) => agent.once(event, listener),
      kill: () => {
        killed = true
        return agent.kill()
      },
    }
  }
}

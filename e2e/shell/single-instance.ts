/** `requestSingleInstanceLock`: a file with the owner's process id; the second instance leaves its command line beside it. */
import { mkdirSync, readFileSync, rmSync, watch, writeFileSync, type FSWatcher } from 'node:fs'
import { join } from 'node:path'

export class SingleInstanceLock {
  #watcher: FSWatcher | undefined
  #file: string | undefined

  get held(): boolean {
    return this.#file !== undefined
  }

  /**
   * Takes the lock in `folder`. Gives false if a living process has it; that one's `onSecondInstance` is then called with
   * our command line and working directory.
   */
  request(folder: string, onSecondInstance: (argv: string[], cwd: string) => void): boolean {
    if (this.held) return true
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'browser-shell.lock')
    const message = join(folder, 'browser-shell.second')
    if (!this.#take(file)) {
      writeFileSync(message, JSON.stringify({ argv: process.argv, cwd: process.cwd() }))
      return false
    }
    this.#file = file
    this.#watcher = watch(folder, (_event, name) => {
      if (name !== 'browser-shell.second') return
      try {
        const { argv, cwd } = JSON.parse(readFileSync(message, 'utf8')) as { argv: string[]; cwd: string }
        rmSync(message)
        onSecondInstance(argv, cwd)
      } catch {
        // Half written, or taken away already: another event follows, or none is needed.
      }
    })
    this.#watcher.unref()
    return true
  }

  release(): void {
    this.#watcher?.close()
    if (this.#file) rmSync(this.#file, { force: true })
    this.#file = undefined
  }

  #take(file: string): boolean {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        writeFileSync(file, String(process.pid), { flag: 'wx' })
        return true
      } catch {
        if (isAlive(Number(readFileSync(file, 'utf8')))) return false
        rmSync(file, { force: true }) // left behind by a crash
      }
    }
    return false
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Decides once, at the start, which engine speaks. */
import { SluiceError } from '../../common/errors.ts'
import type { Engine } from '../../common/models.ts'
import { formatClamdAddress, usualClamdAddresses, type ClamdAddress } from '../clamd-address.ts'
import { askClamd } from '../clamd-connection.ts'
import type { ScanEngine } from '../engine.ts'
import { ClamdEngine } from './clamd.ts'
import { ClamscanEngine, type ClamscanOptions } from './clamscan.ts'
import { YaraEngine } from './yara.ts'

export interface EngineChoice {
  engine: Engine | 'auto'
  /** Null: the usual places are tried. */
  clamd: ClamdAddress | null
  clamdConfig: string | null
  clamscan: ClamscanOptions
  /** The agent's entry file, which also serves as YARA's worker. */
  workerEntry: URL
}

/** ms for each place where a clamd may be */
const PROBE_TIMEOUT = 1000

/**
 * Finds or starts the engine. `auto` takes the best there is: clamd, clamscan, YARA. The choice holds for the agent's life:
 * should clamd go away later, scans fail until it is back; weaker rules never step in unseen.
 * Throws `agent-unavailable` when an engine that was asked for by name is not there.
 */
export async function selectEngine(choice: EngineChoice): Promise<ScanEngine> {
  const { engine } = choice
  if (engine === 'yara') return YaraEngine.create(choice.workerEntry)
  if (engine === 'clamscan') {
    const found = await ClamscanEngine.find(choice.clamscan)
    if (found) return found
    throw new SluiceError('agent-unavailable', 'There is no clamscan here, or it has no signatures (run freshclam).')
  }
  const clamd = await findClamd(choice)
  if (clamd) return new ClamdEngine(clamd, choice.clamdConfig)
  if (engine === 'clamd') {
    // With an address given it may still be loading its signatures: the status says so until it answers.
    if (choice.clamd) return new ClamdEngine(choice.clamd, choice.clamdConfig)
    const places = usualClamdAddresses().map(formatClamdAddress).join(', ')
    throw new SluiceError(
      'agent-unavailable',
      `No clamd answers at ${places}. Start it, or name its place with --clamd.`,
    )
  }
  return (await ClamscanEngine.find(choice.clamscan)) ?? (await YaraEngine.create(choice.workerEntry))
}

async function findClamd(choice: EngineChoice): Promise<ClamdAddress | null> {
  for (const address of choice.clamd ? [choice.clamd] : usualClamdAddresses()) {
    const answer = await askClamd(address, 'PING', PROBE_TIMEOUT).catch(() => null)
    if (answer === 'PONG') return address
  }
  return null
}

/** The configuration: a file, and flags on top of it. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { z } from 'zod'
import { isLoopback } from '../../common/loopback.ts'
import { shareConfigSchema, type ShareConfig } from '../../common/share.ts'
import { bad, type CommandLine } from './flags.ts'
import { parseAddress, parseNumber, parseRange } from './values.ts'

/** Reads the file that `--config` names; without one everything has its safe value. @throws SluiceError bad-argument that names the key */
export async function readConfig(line: CommandLine): Promise<ShareConfig> {
  const file = line.value('config')
  if (file === null) return shareConfigSchema.parse({})
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw bad(`${file} cannot be read: check its name and its permissions.`, cause)
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw bad(`${file} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  const parsed = shareConfigSchema.safeParse(json)
  if (!parsed.success) throw bad(`${file}: ${problemsOf(parsed.error)}`)
  return absolute(parsed.data, path.dirname(path.resolve(file)))
}

/** Every problem by the key it is at: "limits.idleSeconds: ...". */
function problemsOf(error: z.ZodError): string {
  const all = error.issues.map((issue) => {
    const at = issue.path.map(String)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `${[...at, key].join('.')} is not known`).join('; ')
    }
    return at.length === 0 ? issue.message : `${at.join('.')}: ${issue.message}`
  })
  return `${all.join('; ')}.`.replace(/\.\.$/, '.')
}

/** Paths of a file mean its own folder, not the one that the server happens to be started in. */
function absolute(config: ShareConfig, folder: string): ShareConfig {
  const at = (file: string): string => (file === '' ? '' : path.resolve(folder, file))
  const { tls, anonymous, signUp } = config
  return {
    ...config,
    root: at(config.root),
    tls: { ...tls, certificateFile: at(tls.certificateFile), keyFile: at(tls.keyFile) },
    anonymous: { ...anonymous, root: at(anonymous.root) },
    signUp: { ...signUp, folder: at(signUp.folder) },
  }
}

/**
 * Puts the flags of `serve` on top.
 * @throws SluiceError bad-argument: a value that cannot be, or one that would open the server without being asked for
 */
export function applyFlags(config: ShareConfig, line: CommandLine): ShareConfig {
  const folder = (name: 'root' | 'anonymous' | 'sign-up' | 'tls-cert' | 'tls-key', before: string): string => {
    const given = line.value(name)
    return given === null ? before : path.resolve(given)
  }
  const listen = line.value('listen')
  const implicit = line.value('implicit-port')
  const range = line.value('passive')
  if (line.has('tls-cert') !== line.has('tls-key')) throw bad('--tls-cert and --tls-key belong together.')
  const { tls } = config
  const flags: ShareConfig = {
    ...config,
    ...(listen === null ? {} : parseAddress('listen', listen)),
    implicitPort: implicit === null ? config.implicitPort : parseNumber('implicit-port', implicit, 0, 65_535),
    root: folder('root', config.root),
    tls: {
      // A server that takes no TLS at all takes a configuration of its own.
      mode: line.has('plain-ok') && tls.mode === 'required' ? 'allowed' : tls.mode,
      certificateFile: folder('tls-cert', tls.certificateFile),
      keyFile: folder('tls-key', tls.keyFile),
      requireResumption: tls.requireResumption || line.has('require-resumption'),
    },
    passive: {
      ...(range === null ? config.passive : parseRange('passive', range)),
      externalAddress: line.value('external-address') ?? config.passive.externalAddress,
    },
    scan: config.scan && !line.has('no-scan'),
    anonymous: line.has('anonymous') ? { enabled: true, root: folder('anonymous', '') } : config.anonymous,
    signUp: line.has('sign-up') ? { ...config.signUp, enabled: true, folder: folder('sign-up', '') } : config.signUp,
  }
  if (flags.tls.mode !== 'required' && !isLoopback(flags.host) && !line.has('plain-ok')) {
    throw bad(
      `The configuration allows logins in clear (tls.mode: ${flags.tls.mode}) on ${flags.host}, where others can read them. ` +
        'Set tls.mode to required, or say --plain-ok.',
    )
  }
  return flags
}

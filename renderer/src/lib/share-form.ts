/** The Share page's form: text while it is typed, checked against the configuration's schema before it is saved. */
import { isLoopback } from '../../../common/loopback.ts'
import { shareConfigSchema, sharesNothing, type ShareConfig } from '../../../common/share.ts'
import { parseSize, sizeText } from './size-text.ts'

export interface ShareForm {
  root: string
  reach: 'loopback' | 'network'
  /** Address to listen on where the network may come in. */
  host: string
  port: string
  tls: ShareConfig['tls']['mode']
  certificateFile: string
  keyFile: string
  requireResumption: boolean
  implicit: boolean
  implicitPort: string
  /** '' in both: any free one. */
  passiveFrom: string
  passiveTo: string
  externalAddress: string
  active: boolean
  scan: boolean
  anonymous: boolean
  anonymousRoot: string
  signUp: boolean
  signUpFolder: string
  signUpRole: ShareConfig['signUp']['role']
  signUpQuota: string
  signUpPerDay: string
  connections: string
  perAddress: string
  perAccount: string
  loginSeconds: string
  idleSeconds: string
  dataSeconds: string
  failedLogins: string
  banSeconds: string
  keepDays: string
  maxEntries: string
  greeting: string
}

export type ShareField = keyof ShareForm
export type FieldErrors = Partial<Record<ShareField, string>>

const LOOPBACK = '127.0.0.1'
/** All interfaces, of IPv4 alone and of both. */
export const ALL_HOSTS = ['0.0.0.0', '::'] as const
const IMPLICIT_PORT = '2990'

export function formOf(config: ShareConfig): ShareForm {
  const { host, tls, passive, anonymous, signUp, limits, audit } = config
  return {
    root: config.root,
    reach: isLoopback(host) ? 'loopback' : 'network',
    host: isLoopback(host) ? ALL_HOSTS[0] : host,
    port: String(config.port),
    tls: tls.mode,
    certificateFile: tls.certificateFile,
    keyFile: tls.keyFile,
    requireResumption: tls.requireResumption,
    implicit: config.implicitPort !== null,
    implicitPort: config.implicitPort === null ? IMPLICIT_PORT : String(config.implicitPort),
    passiveFrom: passive.from === 0 ? '' : String(passive.from),
    passiveTo: passive.to === 0 ? '' : String(passive.to),
    externalAddress: passive.externalAddress,
    active: config.active,
    scan: config.scan,
    anonymous: anonymous.enabled,
    anonymousRoot: anonymous.root,
    signUp: signUp.enabled,
    signUpFolder: signUp.folder,
    signUpRole: signUp.role,
    signUpQuota: sizeText(signUp.quotaBytes),
    signUpPerDay: String(signUp.perDay),
    connections: String(limits.connections),
    perAddress: String(limits.perAddress),
    perAccount: String(limits.perAccount),
    loginSeconds: String(limits.loginSeconds),
    idleSeconds: String(limits.idleSeconds),
    dataSeconds: String(limits.dataSeconds),
    failedLogins: String(limits.failedLogins),
    banSeconds: String(limits.banSeconds),
    keepDays: String(audit.keepDays),
    maxEntries: String(audit.maxEntries),
    greeting: config.greeting,
  }
}

const whole = (text: string): number => (/^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN)
const wholeOrZero = (text: string): number => (text.trim() === '' ? 0 : whole(text))

/** What the form says, not yet checked. @param saved keeps which loopback address it was */
function candidate(form: ShareForm, saved: ShareConfig) {
  const quota = parseSize(form.signUpQuota)
  return {
    host: form.reach === 'network' ? form.host.trim() : isLoopback(saved.host) ? saved.host : LOOPBACK,
    port: whole(form.port),
    implicitPort: form.implicit && form.tls !== 'off' ? whole(form.implicitPort) : null,
    root: form.root.trim(),
    tls: {
      mode: form.tls,
      certificateFile: form.certificateFile.trim(),
      keyFile: form.keyFile.trim(),
      requireResumption: form.requireResumption,
    },
    passive: {
      from: wholeOrZero(form.passiveFrom),
      to: wholeOrZero(form.passiveTo),
      externalAddress: form.externalAddress.trim(),
    },
    active: form.active,
    scan: form.scan,
    anonymous: { enabled: form.anonymous, root: form.anonymousRoot.trim() },
    signUp: {
      enabled: form.signUp,
      folder: form.signUpFolder.trim(),
      role: form.signUpRole,
      quotaBytes: quota === undefined ? Number.NaN : quota,
      perDay: whole(form.signUpPerDay),
    },
    limits: {
      connections: whole(form.connections),
      perAddress: whole(form.perAddress),
      perAccount: whole(form.perAccount),
      loginSeconds: whole(form.loginSeconds),
      idleSeconds: whole(form.idleSeconds),
      dataSeconds: whole(form.dataSeconds),
      failedLogins: whole(form.failedLogins),
      banSeconds: whole(form.banSeconds),
    },
    audit: { keepDays: whole(form.keepDays), maxEntries: whole(form.maxEntries) },
    greeting: form.greeting,
  }
}

/** Place in the configuration -> field of the form, where their names differ. */
const FIELDS: Record<string, ShareField> = {
  'tls.mode': 'tls',
  passive: 'passiveTo',
  'passive.from': 'passiveFrom',
  'passive.to': 'passiveTo',
  'anonymous.enabled': 'anonymous',
  'anonymous.root': 'anonymousRoot',
  'signUp.enabled': 'signUp',
  'signUp.folder': 'signUpFolder',
  'signUp.role': 'signUpRole',
  'signUp.quotaBytes': 'signUpQuota',
  'signUp.perDay': 'signUpPerDay',
}

interface Issue {
  code?: string | undefined
  path: PropertyKey[]
  message: string
  minimum?: unknown
  maximum?: unknown
  origin?: unknown
}

/** What is wrong with a field, in words of the page. */
function wordsOf({ code, minimum, maximum, origin, message }: Issue, field: ShareField): string {
  if (field === 'signUpQuota') return SIZE_PROBLEM
  if (field === 'greeting' && code === 'invalid_format')
    return 'Only letters without accents, digits and signs (ASCII).'
  if (code === 'invalid_type') return 'Type a whole number.'
  if (code === 'too_big' && origin === 'string') return 'This is too long.'
  if (code === 'too_small' && origin === 'string') return 'Something has to stand here.'
  if (code === 'too_small') return `At least ${String(minimum)}.`
  if (code === 'too_big') return `At most ${String(maximum)}.`
  return message
}

export const SIZE_PROBLEM = 'Type a size like “500 MB” or “2 GiB”, or nothing for no limit.'

export const isAbsolute = (path: string): boolean => /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path)
export const FOLDER_PROBLEM = 'Type the whole path of the folder, from its beginning.'

/** Half a range of ports: to the schema, which knows no empty fields, it is upside down. */
function rangeErrors({ passiveFrom, passiveTo }: ShareForm): FieldErrors {
  const [from, to] = [passiveFrom.trim(), passiveTo.trim()]
  if (from === '' && to !== '') return { passiveFrom: 'Type the first port as well.' }
  return from !== '' && to === '' ? { passiveTo: 'Type the last port as well.' } : {}
}

/** PASV can tell IPv4 only: a colon would be of an IPv6 address or of a port. */
const HOST = /^[\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}.])?$/u

/** What the schema does not know: fields that need each other. */
function crossErrors(config: ReturnType<typeof candidate>): FieldErrors {
  const errors: FieldErrors = {}
  const { tls, anonymous, signUp } = config
  if (config.root !== '' && !isAbsolute(config.root)) errors.root = FOLDER_PROBLEM
  if (tls.mode !== 'off' && (tls.certificateFile === '') !== (tls.keyFile === '')) {
    const missing = tls.keyFile === '' ? 'keyFile' : 'certificateFile'
    errors[missing] = 'A certificate of your own needs both files.'
  }
  if (config.implicitPort !== null && config.implicitPort !== 0 && config.implicitPort === config.port) {
    errors.implicitPort = 'This has to be another port than the one above.'
  }
  const external = config.passive.externalAddress
  if (external !== '' && !HOST.test(external)) {
    errors.externalAddress = 'Type an IPv4 address like 203.0.113.7, or a name like home.example.org.'
  }
  if (anonymous.enabled && !isAbsolute(anonymous.root)) {
    errors.anonymousRoot = anonymous.root === '' ? 'Choose the folder that guests see.' : FOLDER_PROBLEM
  }
  if (signUp.enabled && !isAbsolute(signUp.folder)) {
    errors.signUpFolder = signUp.folder === '' ? 'Choose where the new accounts’ folders go.' : FOLDER_PROBLEM
  }
  return errors
}

export type ShareCheck = { ok: true; config: ShareConfig } | { ok: false; errors: FieldErrors }

/** The configuration that the form says, or what is wrong with which field. */
export function checkShareForm(form: ShareForm, saved: ShareConfig): ShareCheck {
  const typed = candidate(form, saved)
  const parsed = shareConfigSchema.safeParse(typed)
  const errors: FieldErrors = { ...crossErrors(typed), ...rangeErrors(form) }
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const place = issue.path.join('.')
      if (place === 'passive' && (errors.passiveFrom ?? errors.passiveTo) !== undefined) continue
      const field = FIELDS[place] ?? (issue.path.at(-1) as ShareField)
      errors[field] ??= wordsOf(issue, field)
    }
    return { ok: false, errors }
  }
  return Object.keys(errors).length === 0 ? { ok: true, config: parsed.data } : { ok: false, errors }
}

/** Fields of the part that is folded away: it opens where one of them is wrong. */
export const ADVANCED: ReadonlySet<ShareField> = new Set<ShareField>([
  ...(['certificateFile', 'keyFile', 'requireResumption', 'implicit', 'implicitPort'] as const),
  ...(['passiveFrom', 'passiveTo', 'externalAddress', 'active'] as const),
  ...(['connections', 'perAddress', 'perAccount', 'loginSeconds', 'idleSeconds', 'dataSeconds'] as const),
  ...(['failedLogins', 'banSeconds', 'keepDays', 'maxEntries', 'greeting'] as const),
])

/** Why a configuration that is well-formed cannot be started; null when it can be tried. */
export const startProblem = (config: ShareConfig): FieldErrors | null =>
  sharesNothing(config) ? { root: 'Choose the folder to share first.' } : null

/** True when other computers may come in and may do so without TLS. */
export const isExposed = (form: Pick<ShareForm, 'reach' | 'tls'>): boolean =>
  form.reach === 'network' && form.tls !== 'required'

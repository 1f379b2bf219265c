/** The form of an account: text while it is typed, checked against the contract's schemas before it is sent. */
import {
  accountChangesSchema,
  accountNameSchema,
  ACCOUNT_DEFAULTS,
  ANONYMOUS_NAMES,
  passwordSchema,
  type Account,
  type AccountChanges,
  type NewAccount,
  type Right,
  type Role,
} from '../../../common/share.ts'
import { FOLDER_PROBLEM, isAbsolute, SIZE_PROBLEM } from './share-form.ts'
import { parseSize, sizeText } from './size-text.ts'

export interface AccountForm {
  name: string
  password: string
  role: Role
  rights: readonly Right[]
  root: string
  homeShown: boolean
  quota: string
  quotaFiles: string
  uploadRate: string
  downloadRate: string
  enabled: boolean
}

export type AccountErrors = Partial<Record<keyof AccountForm, string>>

/** @param root what the share has as its folder @param password a suggestion */
export const newAccountForm = (root: string, password: string): AccountForm => ({
  name: '',
  password,
  role: ACCOUNT_DEFAULTS.role,
  rights: ['list', 'read'],
  root,
  homeShown: ACCOUNT_DEFAULTS.homeShown,
  quota: '',
  quotaFiles: '',
  uploadRate: '',
  downloadRate: '',
  enabled: ACCOUNT_DEFAULTS.enabled,
})

export const formOfAccount = (account: Account): AccountForm => ({
  name: account.name,
  password: '',
  role: account.role,
  rights: account.rights,
  root: account.root,
  homeShown: account.homeShown,
  quota: sizeText(account.quotaBytes),
  quotaFiles: account.quotaFiles === null ? '' : String(account.quotaFiles),
  uploadRate: sizeText(account.uploadRate),
  downloadRate: sizeText(account.downloadRate),
  enabled: account.enabled,
})

const firstProblem = (result: { success: boolean; error?: { issues: { message: string }[] } | undefined }) =>
  result.error?.issues[0]?.message

/** Why a password cannot be given; null when it can. */
export const passwordProblem = (password: string): string | null =>
  firstProblem(passwordSchema.safeParse(password)) ?? null

/** Why a name cannot be given to a new account; null when it can. */
export function accountNameProblem(name: string, taken: readonly string[]): string | null {
  if (name === '') return 'Type a name.'
  const lower = name.toLowerCase()
  if (ANONYMOUS_NAMES.includes(lower)) return 'This name is for guests without an account.'
  if (taken.some((one) => one.toLowerCase() === lower)) return 'There is an account of this name.'
  return firstProblem(accountNameSchema.safeParse(name)) ?? null
}

export type ChangesCheck = { ok: true; changes: AccountChanges } | { ok: false; errors: AccountErrors }
export type AccountCheck = { ok: true; account: NewAccount } | { ok: false; errors: AccountErrors }

/** What the account is to be like, or what is wrong with which field. */
export function checkChanges(form: AccountForm): ChangesCheck {
  const errors: AccountErrors = {}
  const size = (field: 'quota' | 'uploadRate' | 'downloadRate'): number | null => {
    const bytes = parseSize(form[field])
    if (bytes === undefined) errors[field] = SIZE_PROBLEM
    return bytes ?? null
  }
  const files = form.quotaFiles.trim()
  if (!/^(?:|[1-9]\d{0,14})$/.test(files)) errors.quotaFiles = 'Type a whole number, or nothing for no limit.'
  if (form.role === 'custom' && form.rights.length === 0) errors.rights = 'Choose at least one right.'
  const root = form.root.trim()
  if (root === '') errors.root = 'Choose the folder this account sees.'
  else if (!isAbsolute(root)) errors.root = FOLDER_PROBLEM
  const parsed = accountChangesSchema.safeParse({
    role: form.role,
    rights: form.role === 'custom' ? [...form.rights] : [],
    root,
    homeShown: form.homeShown,
    quotaBytes: size('quota'),
    quotaFiles: files === '' || errors.quotaFiles !== undefined ? null : Number(files),
    uploadRate: size('uploadRate'),
    downloadRate: size('downloadRate'),
    enabled: form.enabled,
  })
  if (!parsed.success) errors.root ??= parsed.error.issues[0]?.message ?? 'This is no folder.'
  return parsed.success && Object.keys(errors).length === 0 ? { ok: true, changes: parsed.data } : { ok: false, errors }
}

/** The same for a new one. @param taken names that are in use */
export function checkAccount(form: AccountForm, taken: readonly string[]): AccountCheck {
  const checked = checkChanges(form)
  const name = form.name.trim()
  const nameProblem = accountNameProblem(name, taken)
  const secretProblem = passwordProblem(form.password)
  if (checked.ok && nameProblem === null && secretProblem === null) {
    return { ok: true, account: { ...checked.changes, name, password: form.password } }
  }
  return {
    ok: false,
    errors: {
      ...(checked.ok ? {} : checked.errors),
      ...(nameProblem === null ? {} : { name: nameProblem }),
      ...(secretProblem === null ? {} : { password: secretProblem }),
    },
  }
}

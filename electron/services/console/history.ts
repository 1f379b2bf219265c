/** The lines given before, without the passwords that were in them. */

/** Lines kept. */
const LIMIT = 500
const URL_PASSWORD = /((?:ftp|ftps|ftpes):\/\/[^\s/@:]*):[^\s/]*@/gi
const RAW_SECRET = /^(\s*\S+\s+["']?(?:PASS|ACCT)\b).*$/i

/** The line as it may be shown, kept and logged: addresses lose their password, raw login commands their argument. */
export function withoutPasswords(line: string): string {
  return line.replaceAll(URL_PASSWORD, '$1@').replace(RAW_SECRET, '$1 ****')
}

/** Adds a line; the same line twice in a row is kept once. Gives what is kept. */
export function remember(history: readonly string[], line: string): string[] {
  const kept = withoutPasswords(line).trim()
  if (kept === '' || kept === history.at(-1)) return [...history]
  return [...history, kept].slice(-LIMIT)
}

/** Lines kept from an earlier run. */
export function remembered(lines: readonly string[]): string[] {
  return lines.reduce<string[]>((history, line) => remember(history, line), [])
}

/** The one door to a database: accounts and audit log are written against this, once for SQLite and MySQL alike. */

export type SqlValue = string | number | null
export type SqlRow = Readonly<Record<string, SqlValue>>

/** Statements have `?` for values, which are always bound, never written into the text. */
export interface Statements {
  /** `changes`: rows it met, whether or not they changed. `id`: that of a row just inserted. */
  run(sql: string, values?: readonly SqlValue[]): Promise<{ changes: number; id: number }>
  all(sql: string, values?: readonly SqlValue[]): Promise<SqlRow[]>
}

/** What differs between the databases in a schema. */
export interface Dialect {
  /** A whole number that counts up and is never used twice. */
  readonly serial: string
  /** A whole number up to 2^53. */
  readonly integer: string
  /** Text of so many characters, compared byte by byte. */
  text(characters: number): string
  /** Statements that make a table, and do nothing where it is there. */
  table(name: string, columns: readonly string[], indexes: Readonly<Record<string, string>>): string[]
}

export interface SqlDatabase extends Statements {
  /** For messages: never with a password. */
  readonly name: string
  readonly dialect: Dialect
  /** All that `work` does, or nothing. It may be run again from its start when the database asks for that. */
  transaction<T>(work: (sql: Statements) => Promise<T>): Promise<T>
  /** Runs `work` while no other program does the same; all or nothing where the database can do that with tables. */
  exclusive<T>(work: (sql: Statements) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A row with that unique value is there already. */
export class NotUniqueError extends Error {
  override readonly name = 'NotUniqueError'
}

/** @throws Error when the column holds no text: the database was changed by hand */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new Error(`Column ${column} holds no text.`)
  return value
}

/** @throws Error when the column holds no number: the database was changed by hand */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw new Error(`Column ${column} holds no number.`)
  return value
}

export function textOrNull(row: SqlRow, column: string): string | null {
  return row[column] === null ? null : textOf(row, column)
}

export function numberOrNull(row: SqlRow, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column)
}

import { FolderOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { chooseFolder } from '../../state/share.ts'

/** Rows of a form: label, control, and under it what helps or what is wrong. */

interface RowProps {
  /** Of the control that the label belongs to; absent where the control names itself. */
  id?: string
  label: string
  help?: ReactNode
  error?: string | undefined
  children: ReactNode
}

export function Row({ id, label, help, error, children }: RowProps) {
  return (
    <div className="form-row">
      {id === undefined ? <span className="label">{label}</span> : <label htmlFor={id}>{label}</label>}
      <div>{children}</div>
      {error !== undefined && (
        <p {...(id === undefined ? {} : { id: `${id}-error` })} className="help tone-bad" role="alert">
          {error}
        </p>
      )}
      {help !== undefined && (
        <div {...(id === undefined ? {} : { id: `${id}-help` })} className="help">
          {help}
        </div>
      )}
    </div>
  )
}

/** What ties a control to the words under it. */
const described = (id: string, error: string | undefined, help: ReactNode) => ({
  'aria-invalid': error !== undefined,
  'aria-describedby': [error !== undefined && `${id}-error`, help !== undefined && `${id}-help`]
    .filter(Boolean)
    .join(' '),
})

interface TextRowProps {
  id: string
  label: string
  value: string
  onChange(text: string): void
  help?: ReactNode
  error?: string | undefined
  placeholder?: string
  disabled?: boolean
  autoFocus?: boolean
  /** A number or a size: a short field. */
  short?: boolean
  /** A password that is shown: in letters that cannot be mistaken. */
  mono?: boolean
  title?: string
  /** Behind the field, like its unit or a button. */
  after?: ReactNode
}

export function TextRow({ id, label, value, onChange, help, error, short, mono, after, ...rest }: TextRowProps) {
  return (
    <Row id={id} label={label} {...(help === undefined ? {} : { help })} error={error}>
      <span className="field">
        <input
          id={id}
          className={`input ${short ? 'short' : ''} ${mono ? 'mono' : ''}`}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          {...described(id, error, help)}
          {...rest}
        />
        {typeof after === 'string' ? <span className="muted">{after}</span> : after}
      </span>
    </Row>
  )
}

/** A folder on this computer: typed, or chosen in the system's dialog. */
export function FolderRow(props: Omit<TextRowProps, 'short' | 'mono' | 'title' | 'after'>) {
  const { label, value, disabled, onChange } = props
  const choose = async (): Promise<void> => {
    const folder = await chooseFolder(value)
    if (folder !== null) onChange(folder)
  }
  return (
    <TextRow
      {...props}
      title={value}
      after={
        <button
          type="button"
          className="button"
          aria-label={`Choose: ${label}`}
          disabled={disabled}
          onClick={() => void choose()}
        >
          <FolderOpen size={16} aria-hidden />
          Choose…
        </button>
      }
    />
  )
}

interface SwitchRowProps {
  label: string
  text: string
  checked: boolean
  onChange(checked: boolean): void
  help?: ReactNode
  disabled?: boolean
}

export function CheckRow({ label, text, checked, onChange, help, disabled = false }: SwitchRowProps) {
  return (
    <Row label={label} {...(help === undefined ? {} : { help })}>
      <label className="check">
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          onChange={(event) => onChange(event.target.checked)}
        />
        {text}
      </label>
    </Row>
  )
}

interface SelectRowProps<T extends string> {
  id: string
  label: string
  value: T
  options: readonly (readonly [T, string])[]
  onChange(value: T): void
  help?: ReactNode
  error?: string | undefined
}

export function SelectRow<T extends string>({ id, label, value, options, onChange, help, error }: SelectRowProps<T>) {
  return (
    <Row id={id} label={label} {...(help === undefined ? {} : { help })} error={error}>
      <select
        id={id}
        className="select"
        value={value}
        onChange={(event) => {
          const chosen = options.find(([key]) => key === event.target.value)
          if (chosen) onChange(chosen[0])
        }}
        {...described(id, error, help)}
      >
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </Row>
  )
}

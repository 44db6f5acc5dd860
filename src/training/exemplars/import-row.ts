// One labelled row of an imported file with its line: the common form of all import formats. Only checked to be an object with a text
// and a label.
import { isObject } from '../../dialects/json.ts'

/** A row whose values are not checked yet. */
export interface RawRow {
  line: number
  text: unknown
  label: unknown
  /** The row's own vector, undefined without one. */
  vector?: unknown
  /** The whole object of the row, with its other fields. */
  fields?: Readonly<Record<string, unknown>>
}

export interface BadRow {
  line: number
  reason: string
}

export interface ParsedRows {
  rows: RawRow[]
  bad: BadRow[]
}

/** Names of columns or keys; the first that is present is used. */
export interface RowKeys {
  text: readonly string[]
  label: readonly string[]
}

/** One object as a row, or the reason why it is not one. */
export const rowOf = (value: unknown, line: number, keys: RowKeys): RawRow | BadRow => {
  if (!isObject(value)) return { line, reason: 'is not an object like {"text": "…", "route": "…"}' }
  const pick = (names: readonly string[]) => names.find((name) => Object.hasOwn(value, name))
  const textKey = pick(keys.text)
  const labelKey = pick(keys.label)
  if (textKey === undefined) return { line, reason: `has no "${keys.text.join('" or "')}"` }
  if (labelKey === undefined) return { line, reason: `has no "${keys.label.join('" or "')}"` }
  const vectorKey = pick(['vector', 'embedding'])
  return {
    line,
    text: value[textKey],
    label: value[labelKey],
    fields: value,
    ...(vectorKey === undefined ? {} : { vector: value[vectorKey] }),
  }
}

/** Separates rows from bad rows. */
export const collectRows = (found: Iterable<RawRow | BadRow>): ParsedRows => {
  const parsed: ParsedRows = { rows: [], bad: [] }
  for (const row of found) {
    if ('reason' in row) parsed.bad.push(row)
    else parsed.rows.push(row)
  }
  return parsed
}

// One labelled row as found in somebody's file, with its line: what every import format is turned into.
// Nothing in it is checked yet but that it is an object with a text and a label.
import { isObject } from '../../dialects/json.ts'

/** A row as found: nothing in it is checked yet. */
export interface RawRow {
  line: number
  text: unknown
  label: unknown
  /** A vector that the row brought along, undefined where it brought none. */
  vector?: unknown
  /** The whole object that the row was made of, for what else it says of itself. */
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

/** Names of columns or keys; the first that is present counts. */
export interface RowKeys {
  text: readonly string[]
  label: readonly string[]
}

/** One object as a row, or the reason why it is none. */
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

/** Sorts rows from reasons. */
export const collectRows = (found: Iterable<RawRow | BadRow>): ParsedRows => {
  const parsed: ParsedRows = { rows: [], bad: [] }
  for (const row of found) {
    if ('reason' in row) parsed.bad.push(row)
    else parsed.rows.push(row)
  }
  return parsed
}

// The findings of `signalbox lint`: one per problem, with its place and its fix.

import type { LineTags } from '../../training/exemplars/exemplar-line.ts'
import type { Finding, LineEdit, Severity } from '../../training/reports/lint-report.ts'
import type { VectorHit } from '../../vector-index/vector-index.ts'

export type { Finding, Severity }

/** A line of training data or of the held-out file that could be read. */
export interface LintRow extends LineTags {
  text: string
  /** Routing text, as prompts are shaped. */
  shaped: string
  route: string
  id: string
  location: string
  /** True where the encoder does not see the whole text. */
  isCut: boolean
  /** False where nothing in the text says what it is about. */
  hasSignal: boolean
}

/** The rows with what was computed over them; `neighbours[i]` are the nearest other rows of row i, best first. */
export interface LintSet {
  rows: LintRow[]
  /** Unit rows: the part of the encoder's rows that similarity is about. */
  vectors: Float32Array
  dimensions: number
  neighbours: VectorHit[][]
}

const lineAt = ({ route, id, location }: LintRow) => ({
  route,
  id,
  line: Number(location.slice(location.lastIndexOf(':') + 1)),
})

export const removal = (row: LintRow): LineEdit => ({ action: 'remove', ...lineAt(row) })

export const moveTo = (row: LintRow, to: string): LineEdit => ({
  action: 'move',
  ...lineAt(row),
  to,
})

const SHOWN_TEXT = 60

/** A text on one line, short enough for a finding. */
export const quoted = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  const isLong = line.length > SHOWN_TEXT
  return JSON.stringify(isLong ? `${line.slice(0, SHOWN_TEXT - 1).toWellFormed()}…` : line)
}

/** `1 exemplar`, `3 exemplars`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`

/** 0.873 as `87 %`. */
export const share = (value: number): string => `${Math.round(value * 100)} %`

/** Positions of each route's rows, by route in alphabetical order. */
export const rowsByRoute = (rows: readonly LintRow[]): Map<string, number[]> => {
  const groups = new Map<string, number[]>()
  for (const route of [...new Set(rows.map((row) => row.route))].sort()) groups.set(route, [])
  rows.forEach(({ route }, i) => {
    groups.get(route)?.push(i)
  })
  return groups
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

// Plans an import before anything is written: each row is added, a duplicate or rejected, with the reason.

import { unknownRoute } from '../../core/suggest.ts'
import { type Exemplar, NONE_ROUTE } from '../../core/types.ts'
import { exemplarId, exemplarTextSchema, textKey } from './exemplar-line.ts'
import type { LocatedExemplar } from './exemplars.ts'
import type { ParsedRows, RawRow } from './import-row.ts'

export interface PlannedRow {
  /** `file:line`. */
  location: string
  exemplar: Exemplar
}

export interface RefusedRow {
  location: string
  reason: string
}

export interface ImportPlan {
  added: PlannedRow[]
  /** Rows that are already in the training data or earlier in the file: skipped, not an error. */
  duplicates: RefusedRow[]
  rejected: RefusedRow[]
}

export interface ImportPlanInput {
  fileName: string
  parsed: ParsedRows
  existing: LocatedExemplar[]
  /** Configured routes; `none` is always allowed besides. */
  routes: Iterable<string>
  /** Routes by label; other labels are taken as routes. */
  map: ReadonlyMap<string, string>
  /** Required length of a row's vector. */
  dimensions: number | null
}

/** The problem of a row's own vector, or null: it must hold finite numbers, have the right length and not be zero. */
export const vectorProblem = (vector: unknown, dimensions: number | null): string | null => {
  if (!Array.isArray(vector)) return 'its vector is not a list of numbers'
  if (dimensions !== null && vector.length !== dimensions) {
    return `its vector has ${vector.length} numbers, the encoder gives ${dimensions}`
  }
  for (let i = 0; i < vector.length; i++) {
    const value: unknown = vector[i]
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      const what =
        value === null ? 'null' : typeof value === 'number' ? String(value) : typeof value
      return `its vector is invalid at position ${i}: ${what} instead of a finite number`
    }
  }
  return vector.some((value) => value !== 0) ? null : 'its vector is zero'
}

/** The row as an exemplar, or the reason why it cannot be one. */
const toExemplar = (
  row: RawRow,
  input: ImportPlanInput,
  allowed: Set<string>,
): Exemplar | string => {
  const text = exemplarTextSchema.safeParse(row.text)
  if (!text.success) return `its text ${text.error.issues[0]?.message}`
  if (typeof row.label !== 'string' || row.label === '') return 'its label is not a name'
  const route = input.map.get(row.label) ?? row.label
  if (!allowed.has(route)) {
    const hint = `Correct it, map it with --map ${JSON.stringify(row.label)}=ROUTE, or configure it: signalbox routes add NAME --models MODEL.`
    return `${unknownRoute(route, allowed)} ${hint}`
  }
  const problem = row.vector === undefined ? null : vectorProblem(row.vector, input.dimensions)
  if (problem) return problem
  return { id: exemplarId({ route, text: text.data }), text: text.data, route, source: 'import' }
}

/** Plans all rows. Pure; the caller writes `added` only if it accepts the rejections. */
export const planImport = (input: ImportPlanInput): ImportPlan => {
  const allowed = new Set([...input.routes, NONE_ROUTE])
  const at = (line: number) => `${input.fileName}:${line}`
  const plan: ImportPlan = {
    added: [],
    duplicates: [],
    rejected: input.parsed.bad.map(({ line, reason }) => ({ location: at(line), reason })),
  }
  const known = new Map(input.existing.map((exemplar) => [textKey(exemplar.text), exemplar]))
  for (const row of input.parsed.rows) {
    const location = at(row.line)
    const exemplar = toExemplar(row, input, allowed)
    if (typeof exemplar === 'string') {
      plan.rejected.push({ location, reason: exemplar })
      continue
    }
    const key = textKey(exemplar.text)
    const twin = known.get(key)
    if (!twin) {
      known.set(key, { ...exemplar, location, isLibrary: false })
      plan.added.push({ location, exemplar })
    } else if (twin.route === exemplar.route) {
      plan.duplicates.push({ location, reason: `same text as ${twin.location}` })
    } else {
      const reason = `${twin.location} has the same text under ${twin.route}, not ${exemplar.route}`
      plan.rejected.push({ location, reason })
    }
  }
  const byLine = (a: RefusedRow, b: RefusedRow) => lineOf(a) - lineOf(b)
  plan.rejected.sort(byLine)
  return plan
}

const lineOf = ({ location }: RefusedRow): number =>
  Number(location.slice(location.lastIndexOf(':') + 1))

// The exemplars of a candidate that the serving generation does not have, with their rows.

import { firstColumns } from '../../core/classifier/training-rows.ts'
import { type Matrix, takeRows } from '../../core/linear/matrix.ts'
import type { Exemplar } from '../../core/types.ts'
import type { Generation } from '../../vector-index/generation.ts'
import type { GateCheck } from '../reports/gate-report.ts'
import { type AdditionsInput, findAdditions } from './checks/additions.ts'
import { checkAdditions } from './checks/additions-check.ts'

const embeddingsOf = ({ vectors, exemplars, manifest }: Generation, rows: number[]): Matrix => {
  const whole = { rows: exemplars.length, cols: manifest.dimensions, data: vectors }
  return firstColumns(takeRows(whole, rows), manifest.searchDimensions)
}

/** Exemplars are compared by id, which is derived from route and text. */
export const checkAddedExemplars = (serving: Generation, candidate: Generation): GateCheck => {
  const before = new Set(serving.exemplars.map(({ id }) => id))
  const [added, kept]: [number[], number[]] = [[], []]
  candidate.exemplars.forEach(({ id }, row) => {
    ;(before.has(id) ? kept : added).push(row)
  })
  const exemplarOf = (row: number) => candidate.exemplars[row] as Exemplar
  const input: AdditionsInput = {
    added: added.map(exemplarOf),
    addedRows: embeddingsOf(candidate, added),
    keptRoutes: kept.map((row) => exemplarOf(row).route),
    keptRows: embeddingsOf(candidate, kept),
  }
  const found = added.length === 0 ? { clusters: [], loners: [] } : findAdditions(input)
  return checkAdditions(found, { added: added.length, removed: before.size - kept.length })
}

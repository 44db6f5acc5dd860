// Every label against every outcome. Abstentions and none of the above have a line of their own, so that each row is in it once.

import { NONE_ROUTE } from '../types.ts'
import { type EvaluationRow, isNoneLabel } from './evaluate.ts'

export interface ConfusionMatrix {
  /** Names of lines, and of columns: routes sorted, then `none`. A column `none` is an abstention. */
  names: string[]
  /** `counts[line][column]`: rows labelled `names[line]` that came out as `names[column]`. */
  counts: number[][]
}

/** The whole matrix of routes taken (after thresholds). */
export const confusionMatrix = (rows: readonly EvaluationRow[]): ConfusionMatrix => {
  const labelOf = (row: EvaluationRow) => (isNoneLabel(row.label) ? NONE_ROUTE : row.label)
  const routes = new Set(rows.flatMap((row) => [labelOf(row), row.route ?? NONE_ROUTE]))
  routes.delete(NONE_ROUTE)
  const names = [...[...routes].sort(), NONE_ROUTE]
  const position = new Map(names.map((name, i) => [name, i]))
  const counts = names.map(() => new Array<number>(names.length).fill(0))
  for (const row of rows) {
    const line = counts[position.get(labelOf(row)) as number] as number[]
    const column = position.get(row.route ?? NONE_ROUTE) as number
    line[column] = (line[column] as number) + 1
  }
  return { names, counts }
}

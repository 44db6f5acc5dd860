// The training set in the form of a fit: one matrix of exemplars, then copies, then anchors, with labels and origins.

import { type Matrix, stackRows, takeCols } from '../linear/matrix.ts'
import { NONE_ROUTE } from '../types.ts'
import type { TrainingSet } from './classifier.ts'

export interface TrainingRows {
  /** Sorted route names. */
  routes: string[]
  /** Position of `none` among them, or −1. */
  none: number
  /** Whole rows of the encoder. */
  rows: Matrix
  texts: string[]
  labels: Int32Array
  /** i for an exemplar, j for a copy of row j, −1 for an anchor. */
  origins: Int32Array
  /** Length of the sentence embedding at the beginning of a row. */
  split: number
  /** Number of exemplars of each route. */
  counts: Float32Array
}

const matrixOf = (data: Float32Array, cols: number): Matrix => ({
  rows: data.length / cols,
  cols,
  data,
})

/** Anchors of routes without exemplars are left out: such a route could get no neighbours' vote. */
const knownAnchors = (set: TrainingSet, position: ReadonlyMap<string, number>): number[] =>
  (set.anchors?.routes ?? []).flatMap((route, i) => (position.has(route) ? [i] : []))

export const toTrainingRows = (set: TrainingSet): TrainingRows => {
  const { dimensions, copies, anchors } = set
  const routes = [...new Set(set.routes)].sort()
  const position = new Map(routes.map((route, i) => [route, i]))
  const labelOf = (route: string): number => position.get(route) as number
  const own = set.routes.map(labelOf)
  const origins = copies?.origins ?? []
  const chosen = knownAnchors(set, position)
  const anchorRows = chosen.map((i) =>
    matrixOf(
      (anchors?.vectors ?? new Float32Array()).subarray(i * dimensions, (i + 1) * dimensions),
      dimensions,
    ),
  )
  const counts = new Float32Array(routes.length)
  for (const label of own) counts[label] = (counts[label] as number) + 1
  return {
    routes,
    none: position.get(NONE_ROUTE) ?? -1,
    rows: stackRows([
      matrixOf(set.vectors, dimensions),
      ...(copies ? [matrixOf(copies.vectors, dimensions)] : []),
      ...anchorRows,
    ]),
    texts: [
      ...set.texts,
      ...(copies?.texts ?? []),
      ...chosen.map((i) => anchors?.texts[i] as string),
    ],
    labels: Int32Array.from([
      ...own,
      ...origins.map((origin) => own[origin] as number),
      ...chosen.map((i) => labelOf(anchors?.routes[i] as string)),
    ]),
    origins: Int32Array.from([...own.keys(), ...origins, ...chosen.map(() => -1)]),
    split: set.searchDimensions,
    counts,
  }
}

/** The first `cols` numbers of every row; the matrix itself where these are all. */
export const firstColumns = (m: Matrix, cols: number): Matrix =>
  cols === m.cols ? m : takeCols(m, 0, cols)

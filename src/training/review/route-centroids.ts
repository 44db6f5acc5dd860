// Mean direction of each route's exemplars: what a new kind of prompts must be farther from than from its own middle.
import { type Matrix, stackRows } from '../../core/linear/matrix.ts'
import { centroidOf } from './clusters/claim-rows.ts'

export interface RouteCentroids {
  /** Name of each row. */
  names: string[]
  /** Unit length. */
  centroids: Matrix
}

/** @param exemplars sentence embeddings, unit length @param routes of each */
export const routeCentroids = (exemplars: Matrix, routes: readonly string[]): RouteCentroids => {
  const members = new Map<string, number[]>()
  routes.forEach((route, row) => {
    const rows = members.get(route)
    if (rows) rows.push(row)
    else members.set(route, [row])
  })
  const names = [...members.keys()].sort()
  const rows = names.map((name) => centroidOf(exemplars, members.get(name) ?? []))
  const none = { rows: 0, cols: exemplars.cols, data: new Float32Array() }
  return { names, centroids: rows.length > 0 ? stackRows(rows) : none }
}

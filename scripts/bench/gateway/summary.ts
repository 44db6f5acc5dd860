// Rounds → one row per target and load: medians, what the target adds to a direct call, and how it compares with the
// gateway measured against. Pure.

import { median } from '../summary.ts'
import type { Cell, Load } from './load.ts'

export interface Measured extends Cell {
  target: string
  load: Pick<Load, 'isStream' | 'connections'>
}

export interface Row extends Measured {
  /** p50 above that of a direct call. */
  addedP50Ms: number
  /** Of the rival's; null where it was not measured. */
  addedRatio: number | null
  throughputRatio: number | null
}

export const DIRECT = 'direct'
export const RIVAL = 'portkey'

const keyOf = ({ target, load }: Measured): string =>
  `${load.isStream} ${load.connections} ${target}`

const medianOf = (cells: readonly Measured[]): Measured => {
  const [first] = cells
  if (!first) throw new Error('a cell without rounds')
  const medianOfAll = (read: (cell: Measured) => number): number => median(cells.map(read))
  return {
    ...first,
    p50Ms: medianOfAll(({ p50Ms }) => p50Ms),
    p99Ms: medianOfAll(({ p99Ms }) => p99Ms),
    requestsPerSecond: medianOfAll(({ requestsPerSecond }) => requestsPerSecond),
    cpuMs: first.cpuMs === null ? null : medianOfAll(({ cpuMs }) => cpuMs ?? 0),
  }
}

/** Rows in the order in which their cells were first measured. */
export const summarise = (cells: readonly Measured[]): Row[] => {
  const keys = [...new Set(cells.map(keyOf))]
  const medians = keys.map((key) => medianOf(cells.filter((cell) => keyOf(cell) === key)))
  const find = (target: string, { load }: Measured): Measured | undefined =>
    medians.find((other) => keyOf(other) === keyOf({ ...other, target, load }))
  const added = (cell: Measured): number => cell.p50Ms - (find(DIRECT, cell)?.p50Ms ?? Number.NaN)
  return medians.map((cell) => {
    const rival = find(RIVAL, cell)
    const isCompared = rival !== undefined && cell.target !== DIRECT && cell.target !== RIVAL
    return {
      ...cell,
      addedP50Ms: added(cell),
      addedRatio: isCompared ? added(cell) / added(rival) : null,
      throughputRatio: isCompared ? cell.requestsPerSecond / rival.requestsPerSecond : null,
    }
  })
}

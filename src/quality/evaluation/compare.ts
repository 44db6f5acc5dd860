// Two routers on the same rows, held against each other row by row: a paired test sees differences that two separate
// intervals hide.
import { type EvaluationRow, isNoneLabel } from '../../core/classifier/evaluate.ts'
import { bootstrapInterval, type Interval } from '../../core/statistics/bootstrap.ts'
import { type McNemar, mcnemar } from '../../core/statistics/mcnemar.ts'
import type { Random } from '../../core/statistics/random.ts'

export interface Comparison {
  rows: number
  /** Share of right decisions of each: the route where one fits, none taken where none does. */
  accuracy: { first: number; second: number }
  /** Second less first, with its 95 % interval over rows (paired bootstrap). */
  difference: number
  interval: Interval | null
  test: McNemar
  /** Rows that only the second, and only the first, got right; positions. */
  fixed: number[]
  broken: number[]
  /** Rows wrong in both, but in different ways. */
  movedWrong: number[]
}

/** True where the decision is what the label asks for; of a none-of-the-above row, that no route was taken. */
export const isDecisionRight = ({ label, route }: EvaluationRow): boolean =>
  isNoneLabel(label) ? route === null : route === label

/**
 * @param first and `second`: outcomes of the same rows in the same order
 * @throws TypeError where they are not
 */
export const comparePredictions = (
  first: readonly EvaluationRow[],
  second: readonly EvaluationRow[],
  random: Random,
): Comparison => {
  if (first.length !== second.length || first.some((row, i) => row.label !== second[i]?.label)) {
    throw new TypeError('Only predictions of the same rows can be compared.')
  }
  const rights = first.map((row, i) => ({
    a: isDecisionRight(row),
    b: isDecisionRight(second[i] as EvaluationRow),
  }))
  const positions = (test: (row: { a: boolean; b: boolean }, i: number) => boolean) =>
    rights.flatMap((row, i) => (test(row, i) ? [i] : []))
  const fixed = positions(({ a, b }) => !a && b)
  const broken = positions(({ a, b }) => a && !b)
  const gains = Float64Array.from(rights, ({ a, b }) => Number(b) - Number(a))
  const meanGain = (rows: Int32Array) =>
    rows.reduce((sum, row) => sum + (gains[row] as number), 0) / rows.length
  const rightShare = (of: 'a' | 'b') => rights.filter((row) => row[of]).length / rights.length
  return {
    rows: rights.length,
    accuracy: { first: rightShare('a'), second: rightShare('b') },
    difference: (fixed.length - broken.length) / rights.length,
    interval: bootstrapInterval(rights.length, meanGain, { random }),
    test: mcnemar(broken.length, fixed.length),
    fixed,
    broken,
    movedWrong: positions(({ a, b }, i) => !a && !b && first[i]?.route !== second[i]?.route),
  }
}

// Out-of-distribution detection: how unlike the exemplars a prompt is, whichever route fits it best.

import type { Matrix } from '../linear/matrix.ts'
import { fitLogistic, type Logistic, logisticAt } from './logistic.ts'

interface Spread {
  readonly mean: number
  readonly sd: number
}

/** Fitted on out-of-fold rows. */
export interface Novelty {
  readonly energy: Spread
  readonly nearness: Spread
  /** Fitted where there are enough `none` exemplars: separates them from the rest by energy, nearness and the odds of `none`. */
  readonly detector: Logistic | null
}

export interface NoveltySigns {
  /** Log-sum-exp of the head's logits except `none`'s (free energy; Liu et al. 2020). */
  energy: number
  /** Mean similarity of the nearest exemplars that are not `none`. */
  nearness: number
  /** Logit of `none` minus the energy; 0 where there is no such route. */
  noneOdds: number
}

/** Least number of `none` rows to fit a detector on. */
const LEAST_NONE = 20

const rowEnergy = (logits: Matrix, row: number, none: number): number => {
  const from = row * logits.cols
  let top = Number.NEGATIVE_INFINITY
  for (let r = 0; r < logits.cols; r++) {
    if (r !== none) top = Math.max(top, logits.data[from + r] as number)
  }
  let sum = 0
  for (let r = 0; r < logits.cols; r++) {
    if (r !== none) sum += Math.exp((logits.data[from + r] as number) - top)
  }
  return top + Math.log(sum)
}

/** @param none position of `none` among the routes, or −1 */
export const noveltySigns = (
  logits: Matrix,
  row: number,
  none: number,
  nearness: number,
): NoveltySigns => {
  // Only `none` was trained: there is no energy.
  const energy = logits.cols > (none < 0 ? 0 : 1) ? rowEnergy(logits, row, none) : 0
  const noneOdds = none < 0 ? 0 : (logits.data[row * logits.cols + none] as number) - energy
  return { energy, nearness, noneOdds }
}

/** Larger is more novel: the negative sum of standardised energy and nearness, or the detector's log odds. */
export const noveltyOf = (model: Novelty, signs: NoveltySigns): number => {
  const { energy, nearness, noneOdds } = signs
  if (model.detector !== null) {
    const p = logisticAt(model.detector, [energy, nearness, noneOdds])
    return Math.log(Math.max(1e-12, 1 - p) / Math.max(1e-12, p))
  }
  const standardised =
    (energy - model.energy.mean) / model.energy.sd +
    (nearness - model.nearness.mean) / model.nearness.sd
  return -standardised
}

const spreadOf = (values: readonly number[]): Spread => {
  const n = Math.max(1, values.length)
  const mean = values.reduce((sum, v) => sum + v, 0) / n
  const square = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n
  return { mean, sd: Math.sqrt(square) || 1 }
}

/** @param isNone of each row, whether it belongs to no route */
export const fitNovelty = (signs: readonly NoveltySigns[], isNone: readonly boolean[]): Novelty => {
  const inside = signs.filter((_, i) => !isNone[i])
  const features = signs.flatMap((s) => [s.energy, s.nearness, s.noneOdds])
  const detector =
    signs.length - inside.length < LEAST_NONE || inside.length === 0
      ? null
      : fitLogistic({
          x: { rows: signs.length, cols: 3, data: Float32Array.from(features) },
          right: Uint8Array.from(isNone, (flag) => (flag ? 0 : 1)),
          ridge: 1,
        })
  return {
    energy: spreadOf(inside.map(({ energy }) => energy)),
    nearness: spreadOf(inside.map(({ nearness }) => nearness)),
    detector,
  }
}

/** The novelty that a share `share` of the given in-scope prompts exceeds; infinite without prompts. */
export const noveltyLimit = (novelties: readonly number[], share: number): number => {
  const sorted = [...novelties].sort((a, b) => b - a)
  return sorted[Math.floor(share * sorted.length)] ?? Number.POSITIVE_INFINITY
}

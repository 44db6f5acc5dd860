// Measurements of a fit on out-of-fold rows.

import { topTwo } from '../linear/matrix.ts'
import type { FitReport, UnseenRow } from './classifier.ts'
import type { Chosen } from './fit-choice.ts'
import { mix } from './mix-evidence.ts'
import type { OutOfFold } from './out-of-fold.ts'
import type { FoldPrediction } from './thresholds.ts'
import type { TrainingRows } from './training-rows.ts'

/** The out-of-fold prediction of each row, used to find wrong labels. */
export const unseenRows = (
  set: TrainingRows,
  chosen: Chosen,
  predicted: FoldPrediction[],
): UnseenRow[] =>
  Array.from(chosen.rows, (row, i) => ({
    row,
    route: set.routes[predicted[i]?.top as number] as string,
    confidence: predicted[i]?.confidence as number,
    ownProbability: Math.exp(
      chosen.mixed.log.data[i * chosen.mixed.log.cols + (chosen.labels[i] as number)] as number,
    ),
  }))

/** Expected calibration error over 15 bins of equal width (Guo et al. 2017). */
const calibrationErrorOf = (predicted: readonly FoldPrediction[]): number => {
  const bins = Array.from({ length: 15 }, () => 0)
  for (const { confidence, isRight } of predicted) {
    const bin = Math.min(14, Math.floor(confidence * 15))
    bins[bin] = (bins[bin] as number) + confidence - (isRight ? 1 : 0)
  }
  return bins.reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, predicted.length)
}

/** `accuracy` and `calibrationError` are 0 where no rows were held out. */
export const measures = (
  predicted: readonly FoldPrediction[],
): Pick<FitReport, 'rows' | 'accuracy' | 'calibrationError'> => ({
  rows: predicted.length,
  accuracy: predicted.filter(({ isRight }) => isRight).length / Math.max(1, predicted.length),
  calibrationError: calibrationErrorOf(predicted),
})

interface Flips {
  flips: number
  rows: number
}

/** By route: how many copies were classified, and how many of them got another route than their exemplar. */
const countFlips = (set: TrainingRows, unseen: OutOfFold, chosen: Chosen): Map<string, Flips> => {
  const topOf = new Map(Array.from(chosen.rows, (row, i) => [row, topTwo(chosen.mixed.log, i)[0]]))
  const counts = new Map<string, Flips>()
  for (const { evidence, rows } of unseen.copies) {
    if (rows.length === 0) continue
    const { log } = mix(evidence, chosen.blend, { ...set, prior: chosen.prior })
    rows.forEach((row, i) => {
      const before = topOf.get(set.origins[row] as number)
      if (before === undefined) return
      const route = set.routes[set.labels[row] as number] as string
      const count = counts.get(route) ?? { flips: 0, rows: 0 }
      count.rows++
      if (topTwo(log, i)[0] !== before) count.flips++
      counts.set(route, count)
    })
  }
  return counts
}

/** Null without copies of held-out rows. */
export const flipRate = (
  set: TrainingRows,
  unseen: OutOfFold,
  chosen: Chosen,
): FitReport['flipRate'] => {
  const counts = countFlips(set, unseen, chosen)
  if (counts.size === 0) return null
  const all = [...counts.values()]
  const total = all.reduce((sum, { rows }) => sum + rows, 0)
  return {
    overall: all.reduce((sum, { flips }) => sum + flips, 0) / total,
    byRoute: Object.fromEntries([...counts].map(([route, c]) => [route, c.flips / c.rows])),
  }
}

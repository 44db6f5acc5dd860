// `select: balanced`: a weighted sum of quality and cost. Quality is configured per model, or follows their order; cost is the
// expected cost relative to the dearest candidate's. A higher `cost_quality` never selects a model of lower quality.
import { before, certain } from './certain.ts'
import type { Candidate, SelectModels, SelectSettings } from './select-models.ts'

/** A conversation stays with its model unless another is better by this much on the scale of 0 to 1. */
const LEAST_GAIN = 0.1

export const balanced: SelectModels = ({ candidates, settings, held }) => {
  const order = worthOf(candidates, settings).sort((a, b) => b.worth - a.worth)
  const staying = order.find(({ model }) => model === held?.model)
  const [best] = order
  if (!staying || !best) return certain(order)
  return certain(best.worth > staying.worth + LEAST_GAIN ? order : before(staying, order))
}

const worthOf = (
  candidates: readonly Candidate[],
  { costQuality, quality }: SelectSettings,
): { model: string; worth: number }[] => {
  const dearest = Math.max(0, ...candidates.map(({ costUsd }) => costUsd ?? 0))
  const steps = Math.max(1, candidates.length - 1)
  return candidates.map(({ model, costUsd }, i) => {
    // An unknown cost counts as the highest one.
    const cost = costUsd === null ? 1 : dearest > 0 ? costUsd / dearest : 0
    const good = quality[model] ?? 1 - i / steps
    return { model, worth: costQuality * good - (1 - costQuality) * cost }
  })
}

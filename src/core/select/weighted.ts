// `select: weighted`: each model gets its share of the conversations; a conversation stays with its model.
import { before, certain } from './certain.ts'
import type { SelectModels } from './select-models.ts'

export const weighted: SelectModels = ({ candidates, settings, held, random }) => {
  const staying = candidates.find(({ model }) => model === held?.model)
  if (staying) return certain(before(staying, candidates))
  const weights = candidates.map(({ model }) => settings.weights[model] ?? 1)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length))
  // An exponential race: each model is first with the probability of its share, and the others follow by theirs.
  const arrivals = shares.map((share) => -Math.log(1 - random()) / share)
  return candidates
    .map(({ model }, i) => ({ model, propensity: shares[i] ?? 0, at: arrivals[i] ?? 0 }))
    .sort((a, b) => comesFirst(a.at, b.at))
    .map(({ model, propensity }) => ({ model, propensity }))
}

/** Models without a share never arrive (infinite time), and keep their order. */
const comesFirst = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)

// Cross-validation folds. Copies are in the fold of their exemplar: otherwise a held-out exemplar's copies would be trained on.
import { type Random, shuffled } from '../statistics/random.ts'

/**
 * A fold number in [0, folds) for each row, every route spread evenly.
 * @param origins of row i: i for an exemplar, j for a copy of row j, −1 for an anchor, which is always trained on (fold −1)
 */
export const stratifiedFolds = (
  labels: Int32Array,
  origins: Int32Array,
  folds: number,
  random: Random,
): Int32Array => {
  const own = new Int32Array(labels.length).fill(-1)
  const next = new Map<number, number>()
  for (const i of shuffled([...labels.keys()], random)) {
    if (origins[i] !== i) continue
    const label = labels[i] as number
    const at = next.get(label) ?? Math.floor(random() * folds)
    own[i] = at % folds
    next.set(label, at + 1)
  }
  return own.map((_, i) => own[origins[i] as number] ?? -1)
}

// What our own graph knows beside the sentence embedding → 768 numbers that follow it in a row. Used by transformers.ts.
// The middle layers and the feed-forward activations see the kind of task where the embedding sees the topic. They are
// hashed with fixed signs rather than projected by something learnt, so that rows of all training sets are comparable.
import { createRandom, shuffled } from '../core/statistics/random.ts'

const HIDDEN = 384
const INNER = 4 * HIDDEN

/** Numbers of the graph's output `features`: mean pools of layers 4, 5, 6, then token maxima of layers 5 and 6. */
export const FEATURE_INPUTS = 3 * HIDDEN + 2 * INNER
/** Numbers that they are folded into. */
export const SIDE_FEATURES = 2 * HIDDEN

interface View {
  /** Where it begins in `features`, and its length. */
  from: number
  length: number
  /** Share in the row, over the root mean square spread of the unit view on 1,795 prompts of `training-data/`. */
  weight: number
}

/** Layer 6's mean is left out: it is the sentence embedding. Shares were chosen by accuracy on public intent sets. */
const VIEWS: readonly View[] = [
  { from: 0, length: HIDDEN, weight: 0.7 / 0.6189 },
  { from: HIDDEN, length: HIDDEN, weight: 0.7 / 0.5784 },
  { from: 3 * HIDDEN, length: INNER, weight: 0.7 / 0.6166 },
  { from: 3 * HIDDEN + INNER, length: INNER, weight: 1 / 0.6594 },
]

/** Changing it, or anything else here, changes rows: raise ROW_VERSION of model-files.ts with it. */
const SEED = 20240607

/** For each input of VIEWS in turn: the sum that it goes to, and its sign. */
const createSketch = () => {
  const random = createRandom(SEED)
  const identity = Array.from({ length: SIDE_FEATURES }, (_, i) => i)
  const scattered = () =>
    shuffled([...Array(INNER).keys()], random).map((place) => place % SIDE_FEATURES)
  const target = Int32Array.from([...identity, ...scattered(), ...scattered()])
  const sign = Float32Array.from(target, () => (random() < 0.5 ? -1 : 1))
  return { target, sign }
}
const SKETCH = createSketch()

const normOf = (values: ArrayLike<number>, { from, length }: View): number => {
  let sum = 0
  for (let i = from; i < from + length; i++) sum += (values[i] as number) ** 2
  return Math.sqrt(sum)
}

/**
 * `features` (FEATURE_INPUTS raw pools) → SIDE_FEATURES signed sums of its unit-length views, about 4,000 additions.
 * Inner products keep their expectation: count sketch, Charikar et al. 2002; Weinberger et al. 2009, "Feature hashing
 * for large scale multitask learning". A view that is all zeros adds nothing; what is not finite stays so.
 */
export const foldFeatures = (features: ArrayLike<number>): Float32Array => {
  const out = new Float32Array(SIDE_FEATURES)
  const { target, sign } = SKETCH
  let at = 0
  for (const view of VIEWS) {
    const scale = view.weight / (normOf(features, view) || 1)
    for (let i = view.from; i < view.from + view.length; i++, at++) {
      const to = target[at] as number
      out[to] = (out[to] as number) + (sign[at] as number) * (features[i] as number) * scale
    }
  }
  return out
}

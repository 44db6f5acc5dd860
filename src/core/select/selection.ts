// The record of how a decision's model was chosen: enough to reproduce the choice.
import type { Candidate, HeldModel, RankedModel, Target } from './select-models.ts'

/** The generation has no outcome model; it knows fewer than two of the route's models; the prompt was not embedded. */
export type Fallback = 'nothing_learned' | 'too_few_models' | 'not_embedded'

export interface Selection {
  /** Name of the policy. */
  policy: string
  /** Seed of the policy's random choices. */
  seed: number
  held: HeldModel | null
  /** Estimate for the whole prompt. */
  promptTokens: number
  /** Only for `learned`. */
  learned?: {
    target: Target
    /** Quality that one USD was worth; null where there were too few outcomes, and `balanced` chose. */
    price: number | null
    /** Why `balanced` chose; null where it did not. */
    fallback: Fallback | null
    /** Counts of the prompt's text; absent where nothing was estimated. */
    counts?: number[]
  }
  /** In configured order. */
  candidates: SelectionCandidate[]
}

export type SelectionCandidate = Candidate & Pick<RankedModel, 'propensity'>

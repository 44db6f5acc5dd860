// What a decision keeps of how its model was chosen: enough to choose again.
import type { Candidate, HeldModel, RankedModel, Target } from './select-models.ts'

/** The generation has no model of outcomes; it does not know two of the route's models; the prompt was not embedded. */
export type Fallback = 'nothing_learned' | 'too_few_models' | 'not_embedded'

export interface Selection {
  /** Name of the policy. */
  policy: string
  /** Of all that the policy left to chance. */
  seed: number
  held: HeldModel | null
  /** Estimate for the whole prompt. */
  promptTokens: number
  /** Of `learned`; absent for the other policies. */
  learned?: {
    target: Target
    /** Points of quality that one USD was worth; null where outcomes were too few, and `balanced` chose. */
    price: number | null
    /** Why `balanced` chose; null where it did not. */
    fallback: Fallback | null
    /** What was counted in the prompt's text; absent where nothing was estimated. */
    counts?: number[]
  }
  /** In configured order. */
  candidates: SelectionCandidate[]
}

export type SelectionCandidate = Candidate & Pick<RankedModel, 'propensity'>

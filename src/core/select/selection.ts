// What a decision keeps of how its model was chosen: enough to choose again.
import type { Candidate, HeldModel, RankedModel } from './select-models.ts'

export interface Selection {
  /** Name of the policy. */
  policy: string
  /** Of all that the policy left to chance. */
  seed: number
  held: HeldModel | null
  /** Estimate for the whole prompt. */
  promptTokens: number
  /** In configured order. */
  candidates: SelectionCandidate[]
}

export type SelectionCandidate = Candidate & Pick<RankedModel, 'propensity'>

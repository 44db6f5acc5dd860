// Estimates of a generation's outcome model for a prompt, and each route's cost–quality curve on held-out prompts, which is computed
// once per generation.
import { type LearnedOutcomes, unseenOf } from '../core/outcomes/learned-outcomes.ts'
import { outcomeRow, textCounts } from '../core/outcomes/outcome-row.ts'
import { PRICE_RULE, type PriceLadder, priceLadder } from '../core/outcomes/price-ladder.ts'
import type { Estimate } from '../core/select/select-models.ts'
import type { Fallback } from '../core/select/selection.ts'
import type { RoutingText } from '../core/types.ts'
import type { Generation } from '../vector-index/generation.ts'

/** Input of the estimates for one prompt. */
export interface AskedPrompt {
  generation: Pick<Generation, 'outcomes'> | null
  /** Whole row of the encoder. */
  embedding: Float32Array | null
  text: Pick<RoutingText, 'text'>
  /** Counts of the text, where the text itself is no longer stored. */
  counts?: readonly number[] | undefined
}

export type BaseEstimate = Pick<Estimate, 'quality' | 'halfWidth' | 'costUsd'>

export interface PromptEstimates {
  /** Estimates by model; only models that the outcome model knows. */
  base: Map<string, BaseEstimate>
  /** Counts of the text. */
  counts: number[]
  ladder: PriceLadder
  /** Whether the generation was fitted when prices were solved as they are now. */
  isSolvedAlike: boolean
}

export type EstimatePrompt = (
  prompt: AskedPrompt | undefined,
  of: { route: string; models: readonly string[] },
) => PromptEstimates | Fallback

/** Cache of curves by route and models. */
type Ladders = Map<string, PriceLadder | null>

const countsOf = ({ text: { text }, counts = [] }: AskedPrompt): number[] =>
  text === '' ? [...counts] : [...textCounts(text)]

export const createEstimatePrompt = (): EstimatePrompt => {
  const drawn = new WeakMap<LearnedOutcomes, Ladders>()
  const ladderOf = (
    outcomes: LearnedOutcomes,
    of: { route: string; models: readonly string[] },
  ): PriceLadder | null => {
    const ladders: Ladders = drawn.get(outcomes) ?? new Map()
    drawn.set(outcomes, ladders)
    const key = JSON.stringify([of.route, of.models])
    const known = ladders.get(key)
    if (known !== undefined) return known
    const unseen = unseenOf(outcomes, of)
    const ladder = unseen && priceLadder(unseen)
    ladders.set(key, ladder)
    return ladder
  }
  return (prompt, of) => {
    const outcomes = prompt?.generation?.outcomes
    if (!outcomes) return 'nothing_learned'
    const ladder = ladderOf(outcomes, of)
    if (ladder === null) return 'too_few_models'
    if (!prompt.embedding) return 'not_embedded'
    const counts = countsOf(prompt)
    const { quality, halfWidth, cost } = outcomes.predict(outcomeRow(prompt.embedding, counts))
    const at = (values: ArrayLike<number>, column: number): number => values[column] as number
    const base = ladder.models.map((name): [string, BaseEstimate] => {
      const j = outcomes.models.indexOf(name)
      return [name, { quality: at(quality, j), halfWidth: at(halfWidth, j), costUsd: at(cost, j) }]
    })
    const isSolvedAlike = outcomes.priceRule === PRICE_RULE
    return { base: new Map(base), counts, ladder, isSolvedAlike }
  }
}

// `select: learned`: adds the outcome model's estimates to a route's candidates, and solves the price of quality for the target. For
// a past request the estimates are computed again from its generation, with the corrections as recorded.
import type { Config } from '../config/config-schema.ts'
import { type PriceLadder, stepForQuality } from '../core/outcomes/price-ladder.ts'
import type { Candidate, Estimate, Target } from '../core/select/select-models.ts'
import type { Selection } from '../core/select/selection.ts'
import type { Correction } from './outcome-memory.ts'
import {
  type BaseEstimate,
  createEstimatePrompt,
  type PromptEstimates,
} from './prompt-estimates.ts'
import {
  cacheSaving,
  type Gathered,
  type SelectFacts,
  type SelectRequestFacts,
} from './select-facts.ts'

export interface EstimatedRequest {
  route: string
  target: Target
  request: SelectRequestFacts & { past?: Selection | null }
}

export type WithEstimates = (
  gathered: Gathered,
  asked: EstimatedRequest,
) => Gathered & Pick<Selection, 'learned'>

const AS_FITTED: Correction = { shift: 0, costFactor: 1 }

const corrected = (
  base: BaseEstimate,
  { shift, costFactor }: Correction,
  saving: number,
): Estimate => ({
  quality: base.quality + shift,
  halfWidth: base.halfWidth,
  costUsd: Math.max(0, base.costUsd * costFactor - saving),
  shift,
  costFactor,
})

/** The recorded correction of a past request; none where it has none. */
const recorded = (past: Selection, model: string): Correction =>
  past.candidates.find((candidate) => candidate.model === model)?.estimate ?? AS_FITTED

/** Prices that keep targets, each looked for once. */
const createSolved = () => {
  const solved = new WeakMap<PriceLadder, Map<number, number>>()
  return (ladder: PriceLadder, quality: number): number => {
    const prices = solved.get(ladder) ?? new Map<number, number>()
    solved.set(ladder, prices)
    const price = prices.get(quality) ?? stepForQuality(ladder, quality).price
    prices.set(quality, price)
    return price
  }
}

/** The price of quality that keeps the target; of a past request what was recorded, where it cannot be solved as it was. */
const createPriceOf = (priceOfDay: NonNullable<SelectFacts['priceOfDay']>) => {
  const solved = createSolved()
  return (
    { route, target, request: { past } }: EstimatedRequest,
    { ladder, isSolvedAlike }: PromptEstimates,
  ): number => {
    if (past && !('quality' in target && isSolvedAlike)) return past.learned?.price ?? 0
    return 'quality' in target
      ? solved(ladder, target.quality)
      : priceOfDay(route, target.usdPerDay, ladder)
  }
}

export const createWithEstimates = (
  models: Config['models'],
  {
    correction = () => AS_FITTED,
    priceOfDay = () => 0,
    estimate = createEstimatePrompt(),
  }: SelectFacts,
): WithEstimates => {
  const priceOf = createPriceOf(priceOfDay)
  return (gathered, asked) => {
    const { route, target, request } = asked
    const names = gathered.candidates.map(({ model }) => model)
    const { past } = request
    const prompt = request.prompt && { ...request.prompt, counts: past?.learned?.counts }
    const found = estimate(prompt, { route, models: names })
    const plain = gathered.candidates.map(({ estimate: _, ...candidate }): Candidate => candidate)
    if (typeof found === 'string') {
      const learned = { target, price: null, fallback: found }
      return { ...gathered, candidates: plain, learned }
    }
    const candidates = plain.map((candidate): Candidate => {
      const { model } = candidate
      const base = found.base.get(model)
      if (!base) return candidate
      const seen = past ? recorded(past, model) : correction(route, model)
      const saving = cacheSaving(models[model], candidate, gathered.promptTokens)
      return { ...candidate, estimate: corrected(base, seen, saving) }
    })
    const learned = {
      target,
      price: priceOf(asked, found),
      fallback: null,
      counts: found.counts,
    }
    return { ...gathered, candidates, learned }
  }
}

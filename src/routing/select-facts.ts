// Collects the facts that selection policies use: expected cost, speed and health of each model of a route at the time of a request,
// or the recorded ones of a past request.
import type { Config, ModelConfig } from '../config/config-schema.ts'
import { priceOf } from '../config/price-of.ts'
import { type ConstrainedBody, requirementsOf } from '../core/decide/constraints.ts'
import { costUsd } from '../core/decide/cost.ts'
import type { PermittedRoute } from '../core/decide/permitted.ts'
import type { PriceLadder } from '../core/outcomes/price-ladder.ts'
import type { PromptMessage } from '../core/prompt/prompt.ts'
import { isToolStep } from '../core/prompt/prompt-turns.ts'
import type { Candidate } from '../core/select/select-models.ts'
import type { Selection } from '../core/select/selection.ts'
import type { TargetPace } from '../upstream/resilience/target-health.ts'
import type { Held } from './held-models.ts'
import type { Correction } from './outcome-memory.ts'
import type { AskedPrompt, EstimatePrompt } from './prompt-estimates.ts'

/** Sources of facts; those left out are unknown. */
export interface SelectFacts {
  /** Health and speed of a configured model. */
  pace?: (model: string) => TargetPace
  /** Expected tokens of a model's answer to a prompt of a route. */
  answerTokens?: (route: string, model: string) => number
  /** The model that serves a conversation. */
  held?: (key: string) => Held | null
  /** `learned`: correction of a model's estimates since they were fitted. */
  correction?: (route: string, model: string) => Correction
  /** `learned`: estimates for a prompt; by default those of its generation's outcome model. */
  estimate?: EstimatePrompt
  /** `learned`: the price of quality at which the daily budget lasts for the day. */
  priceOfDay?: (route: string, usdPerDay: number, ladder: PriceLadder) => number
  /** 0 ≤ x < 1. */
  random?: () => number
}

export interface SelectRequestFacts {
  body: ConstrainedBody
  /** Key of the conversation; left out where there is none. */
  conversation?: () => string
  sessionId?: string | null
  /** Input of the estimates, for `learned`. */
  prompt?: AskedPrompt
}

/** The facts of a choice; see `Selection`. */
export type Gathered = Omit<Selection, 'policy' | 'candidates' | 'learned'> & {
  candidates: Candidate[]
}

export type Gather = (home: PermittedRoute, request: SelectRequestFacts) => Gathered

const NO_PACE: TargetPace = {
  firstTokenMs: null,
  tokensPerSecond: null,
  calls: 0,
  pendingMs: 0,
  isStale: true,
  waitMs: 0,
}
const SEEDS = 2 ** 32

export const createGather = (models: Config['models'], facts: SelectFacts): Gather => {
  const { pace = () => NO_PACE, answerTokens = () => 0, random = () => 0 } = facts
  return (home, request) => {
    const { promptTokens, outputTokens } = requirementsOf(request.body)
    const before = heldBy(facts, request)
    const candidates = home.models.map((model) => {
      const settings = models[model]
      const cached = before?.model === model ? before.cachedTokens : 0
      const tokens = {
        cachedTokens: Math.min(cached, promptTokens),
        completionTokens: Math.min(
          answerTokens(home.route, model),
          outputTokens ?? Number.POSITIVE_INFINITY,
          settings?.max_output_tokens ?? Number.POSITIVE_INFINITY,
          settings?.answer_tokens ?? Number.POSITIVE_INFINITY,
        ),
      }
      const cost = expectedCost(settings, { ...tokens, promptTokens })
      return { model, ...tokens, costUsd: cost, ...pace(model) }
    })
    const isSame = before?.route === home.route
    const isToolLoop = isToolStep(request.body.messages as PromptMessage[])
    return {
      seed: Math.floor(random() * SEEDS),
      held: before && isSame ? { model: before.model, isToolLoop } : null,
      promptTokens,
      candidates,
    }
  }
}

/** Null for a first turn, even where another conversation began with the same words. */
const heldBy = (
  { held }: SelectFacts,
  { conversation, sessionId, body }: SelectRequestFacts,
): Held | null => {
  if (!held || !conversation) return null
  const goesOn = (body.messages as PromptMessage[]).some(({ role }) => role === 'assistant')
  return sessionId || goesOn ? held(conversation()) : null
}

const expectedCost = (
  settings: ModelConfig | undefined,
  tokens: Pick<Candidate, 'cachedTokens' | 'completionTokens'> & { promptTokens: number },
): number | null =>
  settings
    ? costUsd({ ...tokens, cachedPromptTokens: tokens.cachedTokens }, priceOf(settings))
    : null

/** Expected saving by the provider's cache, USD; 0 where unknown. */
export const cacheSaving = (
  settings: ModelConfig | undefined,
  { cachedTokens, completionTokens }: Candidate,
  promptTokens: number,
): number => {
  if (cachedTokens === 0) return 0
  const tokens = { completionTokens, promptTokens }
  const whole = expectedCost(settings, { ...tokens, cachedTokens: 0 })
  const rest = expectedCost(settings, { ...tokens, cachedTokens })
  return whole === null || rest === null ? 0 : whole - rest
}

/** Costs are computed anew; facts of a model that was no candidate are unknown. */
export const keptCandidates = (
  models: Config['models'],
  home: PermittedRoute,
  { seed, held, promptTokens, candidates }: Selection,
): Gathered => {
  const kept = new Map(
    candidates.map(({ propensity: _, ...candidate }) => [candidate.model, candidate]),
  )
  const unknown = { cachedTokens: 0, completionTokens: 0, ...NO_PACE }
  return {
    ...{ seed, held, promptTokens },
    candidates: home.models.map((model) => {
      const facts = kept.get(model) ?? { model, ...unknown }
      return { ...facts, costUsd: expectedCost(models[model], { ...facts, promptTokens }) }
    }),
  }
}

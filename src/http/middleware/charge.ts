// What a request will cost, by estimate, and what it did cost, on its key's account.
import { requirementsOf } from '../../core/decide/constraints.ts'
import { costUsd, type Price } from '../../core/decide/cost.ts'
import type { Principal } from '../../core/decide/gateway-key.ts'
import { mayUseModel } from '../../core/decide/permitted.ts'
import type { Completion } from '../../core/types.ts'
import type { ChatBody, HttpDeps } from '../deps.ts'

type Reservation = ReturnType<HttpDeps['access']['limits']['reserve']>
type Tokens = Pick<NonNullable<Completion['usage']>, 'promptTokens' | 'completionTokens'>

const priceOf = (deps: Pick<HttpDeps, 'config'>, model: string): Price => {
  const { models } = deps.config
  const found = Object.hasOwn(models, model) ? models[model] : undefined
  return {
    input: found?.input_usd_per_million ?? null,
    output: found?.output_usd_per_million ?? null,
  }
}

const costAt = (deps: Pick<HttpDeps, 'config'>, model: string, tokens: Tokens): number =>
  costUsd(tokens, priceOf(deps, model)) ?? 0

/** At the model's price; where it is not known yet which one will serve, at the dearest that the key may use. */
const estimatedCost = (
  deps: Pick<HttpDeps, 'config'>,
  principal: Principal,
  { model, tokens }: { model: string; tokens: Tokens },
): number => {
  const { models } = deps.config
  if (Object.hasOwn(models, model)) return costAt(deps, model, tokens)
  const costs = Object.keys(models)
    .filter((id) => mayUseModel(principal, id))
    .map((id) => costAt(deps, id, tokens))
  return Math.max(0, ...costs)
}

/**
 * Holds what a chat will take: the prompt by estimate, and the answer's limit where the request sets one.
 * @throws RouterError `rate_limit_exceeded`, `insufficient_quota`
 */
export const reserveChat = (
  deps: Pick<HttpDeps, 'config' | 'access'>,
  principal: Principal,
  body: ChatBody,
): Reservation => {
  const { limits } = deps.access
  if (!limits.isMetered(principal)) return limits.reserve(principal, { tokens: 0, costUsd: 0 })
  const { promptTokens, outputTokens } = requirementsOf(body)
  const tokens = { promptTokens, completionTokens: outputTokens ?? 0 }
  return limits.reserve(principal, {
    tokens: promptTokens + tokens.completionTokens,
    costUsd: estimatedCost(deps, principal, { model: body.model, tokens }),
  })
}

/** The prompt and the answer, and what they cost where that is known. */
export const spentOn = ({ usage, costUsd: cost }: Pick<Completion, 'usage' | 'costUsd'>) => ({
  tokens: usage ? usage.promptTokens + usage.completionTokens : 0,
  costUsd: cost ?? 0,
})

/** What an answer of embeddings says that it took; `model` is null for the local encoder, which costs nothing. */
export const spentOnEmbeddings = (
  deps: Pick<HttpDeps, 'config'>,
  model: string | null,
  promptTokens: number,
) => ({
  tokens: promptTokens,
  costUsd: model === null ? 0 : costAt(deps, model, { promptTokens, completionTokens: 0 }),
})

// Charges requests to their key: reserves an estimate before the call, and settles the actual usage after it.

import { type Need, NOTHING, type Reservation, type Spent } from '../../access/limits.ts'
import { costUsd, type Price } from '../../core/decide/cost.ts'
import {
  createExpectedTokens,
  type Expectation,
  embeddedTokens,
} from '../../core/decide/expected-tokens.ts'
import type { Principal } from '../../core/decide/gateway-key.ts'
import { mayUseModel } from '../../core/decide/permitted.ts'
import type { Completion } from '../../core/types.ts'
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'
import type { HttpDeps } from '../request/deps.ts'
import { reachableModels } from './reachable-models.ts'

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

const NO_TOKENS: Need = { least: NOTHING, most: NOTHING }

/** The largest estimate over `models`: only the model that serves is charged. */
const dearest = (
  deps: Pick<HttpDeps, 'config'>,
  models: readonly string[],
  tokensAt: (model: string) => Tokens,
): Spent => {
  const tokens = models.map((model) => ({ model, ...tokensAt(model) }))
  return {
    tokens: Math.max(0, ...tokens.map((at) => at.promptTokens + at.completionTokens)),
    costUsd: Math.max(0, ...tokens.map((at) => costAt(deps, at.model, at))),
  }
}

/**
 * Reserves the largest usage of a chat, at the dearest model that may serve it.
 * @throws RouterError `rate_limit_exceeded`, `insufficient_quota`
 */
export const reserveChat = (
  deps: Pick<HttpDeps, 'config' | 'access'>,
  principal: Principal,
  body: ChatBody,
): Reservation => {
  const { limits } = deps.access
  if (!limits.isMetered(principal)) return limits.reserve(principal, NO_TOKENS)
  const { models } = deps.config
  const expect = createExpectedTokens(body, {
    defaultOutputTokens: deps.config.limits.default_reserved_tokens,
  })
  const reachable = reachableModels(deps.config, body).filter((id) => mayUseModel(principal, id))
  const expected = new Map(
    reachable.map((id) => [
      id,
      expect({
        maxOutputTokens: models[id]?.max_output_tokens ?? null,
        contextWindow: models[id]?.context_window ?? null,
      }),
    ]),
  )
  const need = (which: keyof Expectation): Spent =>
    dearest(deps, reachable, (id) => (expected.get(id) as Expectation)[which])
  return limits.reserve(principal, { least: need('least'), most: need('most') })
}

/** Reserves the tokens of the texts or token lists to embed; `model` null is the local encoder. */
export const reserveEmbeddings = (
  deps: Pick<HttpDeps, 'config' | 'access'>,
  principal: Principal,
  { model, input }: { model: string | null; input: unknown },
): Reservation => {
  const { limits } = deps.access
  if (!limits.isMetered(principal)) return limits.reserve(principal, NO_TOKENS)
  const need = spentOnEmbeddings(deps, model, embeddedTokens(input))
  return limits.reserve(principal, { least: need, most: need })
}

/** Tokens of prompt and answer, and their cost where it is known. */
export const spentOn = ({ usage, costUsd: cost }: Pick<Completion, 'usage' | 'costUsd'>) => ({
  tokens: usage ? usage.promptTokens + usage.completionTokens : 0,
  costUsd: cost ?? 0,
})

/** Reported usage, at the model's prices. */
export const spentOnTokens = (
  deps: Pick<HttpDeps, 'config'>,
  model: string,
  tokens: Tokens,
): Spent => ({
  tokens: tokens.promptTokens + tokens.completionTokens,
  costUsd: costAt(deps, model, tokens),
})

/** Reported usage of embeddings; `model` is null for the local encoder, which is free. */
export const spentOnEmbeddings = (
  deps: Pick<HttpDeps, 'config'>,
  model: string | null,
  promptTokens: number,
) => ({
  tokens: promptTokens,
  costUsd: model === null ? 0 : costAt(deps, model, { promptTokens, completionTokens: 0 }),
})

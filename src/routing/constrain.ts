// Between the decision and the call: the configuration's limits and chains, held against what a request needs.

import type { Config, ModelConfig } from '../config/config-schema.ts'
import { type ConstrainedChoice, constrainedChoice } from '../core/decide/constrained-choice.ts'
import { type ModelLimits, requirementsOf } from '../core/decide/constraints.ts'
import type { Reason } from '../core/types.ts'
import type { ChatBody } from '../dialects/chat/upstream-request.ts'
import { chainOf } from '../upstream/resilience/chain.ts'

export interface Choice {
  route: string
  model: string
  reason: Reason
}

export interface ConstrainRequest {
  body: ChatBody
  /** False for a model that whoever asks may not use. */
  isPermitted: (model: string) => boolean
}

/**
 * The choice or its first stand-in that can serve; `mayUse` holds whoever asks and what they ask for together.
 * @throws RouterError `invalid_request` naming the constraint, where no model of the chain can serve the body.
 */
export type Constrain = <C extends Choice>(
  choice: C,
  request: ConstrainRequest,
) => ConstrainedChoice<C>

const limitsOf = (model: ModelConfig): ModelLimits => ({
  capabilities: model.capabilities,
  contextWindow: model.context_window,
  maxOutputTokens: model.max_output_tokens,
})

const isLimited = (limits: ModelLimits): boolean =>
  Object.values(limits).some((limit) => limit !== null)

export interface KeptConstraints {
  /** `model` as the caller wrote it. */
  requestedModel: string
  /** Models that could not serve, as they were recorded. */
  skipped: readonly { model: string; constraint: string }[]
  isPermitted: (model: string) => boolean
}

/**
 * The choice of a past request, whose body is not kept: its stand-in by the models that were passed over then. The
 * model is empty where the configured chain holds no other: the request had brought a chain of its own.
 */
export const constrainAgain = <C extends Choice>(
  config: Pick<Config, 'models' | 'routes' | 'resilience'>,
  choice: C,
  { requestedModel, skipped, isPermitted }: KeptConstraints,
): C => {
  const own = skipped.find(({ model }) => model === choice.model)
  if (!own) return choice
  const body = { model: requestedModel, messages: [] }
  const chain = chainOf(config, { decision: choice, body, mayUse: isPermitted })
  const isWindow = own.constraint === 'context_window'
  const larger = isWindow ? chain.after('context_window', choice.model, []) : []
  const left = [...chain.models, ...larger].find(
    (model) => !skipped.some((passed) => passed.model === model),
  )
  return { ...choice, model: left ?? '', reason: 'constrained' }
}

/** Where no model has limits, requests are not even looked at. */
export const createConstrain = (
  config: Pick<Config, 'models' | 'routes' | 'resilience'>,
): Constrain => {
  const limits = Object.fromEntries(
    Object.entries(config.models).map(([model, settings]) => [model, limitsOf(settings)]),
  )
  if (!Object.values(limits).some(isLimited)) {
    return (choice, { isPermitted }) => ({ choice, skipped: [], mayUse: isPermitted })
  }
  return (choice, { body, isPermitted }) => {
    const { mayUse: canServe, ...rest } = constrainedChoice(choice, {
      requirements: requirementsOf(body),
      limits,
      standIns: (constraint) => {
        const chain = chainOf(config, { decision: choice, body, mayUse: isPermitted })
        const isWindow = constraint === 'context_window'
        const larger = isWindow ? chain.after('context_window', choice.model, []) : []
        return [...chain.models, ...larger]
      },
    })
    return { ...rest, mayUse: (model) => isPermitted(model) && canServe(model) }
  }
}

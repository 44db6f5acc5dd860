// What a request needs comes before taste: the model that was decided on gives way to the next of its chain that can serve.
// The prompt's tokens are estimated, so a context window that may yet be large enough never refuses a request: it only
// comes behind those that surely are.
import { RouterError } from '../../errors.ts'
import type { Reason } from '../types.ts'
import {
  type Constraint,
  checkRequirements,
  eligibleModels,
  type ModelLimits,
  type Requirements,
  type Violation,
} from './constraints.ts'

export type Skipped = Violation & { model: string }

export interface ConstrainedChoice<C> {
  choice: C
  /** Models of the chain that cannot serve, with the reason. */
  skipped: Skipped[]
  /** False for a model that this request must not be sent to. */
  mayUse: (model: string) => boolean
}

export interface ConstrainOptions {
  requirements: Requirements
  /** By configured model id. */
  limits: Readonly<Record<string, ModelLimits>>
  /**
   * Models that may stand in for the chosen one, best first; asked for only where that one cannot serve, with what it is
   * short of.
   */
  standIns: (constraint: Constraint) => readonly string[]
}

/** `estimateTokens` gives up to 27 % too many. */
const SURELY = 1 / 1.27

/**
 * The choice, or its first stand-in that can serve, with the reason `constrained`.
 * @throws RouterError `invalid_request` naming the constraint, where none can
 */
export const constrainedChoice = <C extends { model: string; reason: Reason }>(
  choice: C,
  { requirements, limits, standIns }: ConstrainOptions,
): ConstrainedChoice<C> => {
  const own = violationOf(requirements, limits, choice.model)
  if (own === null) return { choice, skipped: [], mayUse: usableBy(requirements, limits) }
  const models = [...new Set([choice.model, ...standIns(own.constraint)])]
  const least = {
    ...requirements,
    promptTokens: Math.floor(requirements.promptTokens * SURELY),
  }
  for (const needed of [requirements, least]) {
    const { eligible, skipped } = eligibleModels(needed, models, limits)
    const [model] = eligible
    if (model === undefined) continue
    const isOwn = model === choice.model
    return {
      choice: isOwn ? choice : { ...choice, model, reason: 'constrained' },
      skipped,
      mayUse: usableBy(needed, limits),
    }
  }
  throw noneCanServe(eligibleModels(least, models, limits).skipped)
}

const violationOf = (
  requirements: Requirements,
  limits: ConstrainOptions['limits'],
  model: string,
): Violation | null => {
  const known = Object.hasOwn(limits, model) ? limits[model] : undefined
  return known ? checkRequirements(requirements, known) : null
}

const usableBy =
  (requirements: Requirements, limits: ConstrainOptions['limits']) =>
  (model: string): boolean =>
    violationOf(requirements, limits, model) === null

/** Where in the request the constraint comes from. */
const PARAM: Record<Constraint, string> = {
  tools: 'tools',
  vision: 'messages',
  json_schema: 'response_format',
  audio: 'messages',
  files: 'messages',
  context_window: 'messages',
  max_output_tokens: 'max_tokens',
}

const NAMED = 4

const noneCanServe = (skipped: readonly Skipped[]): RouterError => {
  const [first] = skipped
  const reasons = skipped.slice(0, NAMED).map(({ model, message }) => `${model} ${message}`)
  const more = skipped.length > NAMED ? `; and ${skipped.length - NAMED} more` : ''
  return new RouterError(
    'invalid_request',
    `No model that this request may go to can serve it: ${reasons.join('; ')}${more}.`,
    {
      ...(first && { param: PARAM[first.constraint] }),
      details: { constraint: first?.constraint ?? null },
    },
  )
}

// Capability check: where the wanted model cannot serve a request, the next of its chain that can takes its place. The prompt's
// tokens are estimated, so a context window that may be large enough never refuses a request: such a model only comes after those
// whose window surely is.
import { RouterError } from '../../errors.ts'
import {
  type Constraint,
  checkRequirements,
  eligibleModels,
  type ModelLimits,
  type Requirements,
  type Violation,
} from './constraints.ts'

export type Skipped = Violation & { model: string }

export interface Capable {
  /** The wanted model, or the first stand-in that can serve. */
  model: string
  /** Models that were considered and cannot serve, with the reason. */
  skipped: Skipped[]
  /** False for models that cannot serve this request. */
  mayServe: (model: string) => boolean
}

export interface CapableOptions {
  requirements: Requirements
  /** By configured model id. */
  limits: Readonly<Record<string, ModelLimits>>
  /**
   * Models that may stand in for the wanted one, best first; called only where that one cannot serve, with the constraint that it
   * violates.
   */
  standIns: (constraint: Constraint) => readonly string[]
}

/** `estimateTokens` is up to 27 % too high. */
const SURELY = 1 / 1.27

/** @throws RouterError `invalid_request` naming the constraint, where none can serve */
export const capableModel = (
  wanted: string,
  { requirements, limits, standIns }: CapableOptions,
): Capable => {
  const own = violationOf(requirements, limits, wanted)
  if (own === null) {
    return { model: wanted, skipped: [], mayServe: usableBy(requirements, limits) }
  }
  const models = [...new Set([wanted, ...standIns(own.constraint)])]
  const least = {
    ...requirements,
    promptTokens: Math.floor(requirements.promptTokens * SURELY),
  }
  for (const needed of [requirements, least]) {
    const { eligible, skipped } = eligibleModels(needed, models, limits)
    const [model] = eligible
    if (model !== undefined) return { model, skipped, mayServe: usableBy(needed, limits) }
  }
  throw noneCanServe(eligibleModels(least, models, limits).skipped)
}

const violationOf = (
  requirements: Requirements,
  limits: CapableOptions['limits'],
  model: string,
): Violation | null => {
  const known = Object.hasOwn(limits, model) ? limits[model] : undefined
  return known ? checkRequirements(requirements, known) : null
}

const usableBy =
  (requirements: Requirements, limits: CapableOptions['limits']) =>
  (model: string): boolean =>
    violationOf(requirements, limits, model) === null

/** The request's field that each constraint comes from. */
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

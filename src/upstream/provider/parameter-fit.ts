// Fits the parameters of each call to its model (parameters/), and learns from refusals: a parameter that a provider refused for a model
// is not sent to it again by this process.

import type { ChatBody, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import type { JsonObject } from '../../dialects/json.ts'
import { RouterError } from '../../errors.ts'
import { type Fit, fitParameters } from '../parameters/fit.ts'
import { refusedParameter } from '../parameters/refused-parameter.ts'
import { type TargetParameters, targetTakingAll } from '../parameters/targets.ts'
import type { Losses } from '../upstream.ts'
import { speaksNative } from './untranslatable.ts'
import type { Wire } from './wire.ts'

export interface FittedRequest {
  request: UpstreamRequest
  dropped: string[]
}

type Subject = Pick<UpstreamRequest, 'body' | 'native' | 'target'>

export interface ParameterFit {
  losses(request: Subject): Losses
  /** @throws RouterError `invalid_request` naming the unsupported parameters */
  fit(request: UpstreamRequest): FittedRequest
  /**
   * Learns a refused parameter. @returns null where the call may be repeated without it, else the error, marked `isUnsupported` where
   * another model is to be called.
   */
  learn(request: UpstreamRequest, error: RouterError): RouterError | null
}

const MAX_LEARNT = 16

/** Supported parameters of a provider, and learned refusals. */
interface Knowledge {
  wire: Pick<Wire, 'kind' | 'native'>
  parameters: TargetParameters
  /** Refused parameters by the model's name at the provider. */
  learnt: Map<string, Set<string>>
}

const learntOf = ({ learnt }: Knowledge, { target }: Subject): Set<string> =>
  learnt.get(target.upstreamName) ?? new Set()

/** Whether the caller uses the provider's own dialect. */
const isNative = ({ wire }: Knowledge, request: Subject): boolean => speaksNative(request, wire)

const fitted = (knowledge: Knowledge, request: Subject): Fit => {
  const { body, native, target } = request
  const learnt = learntOf(knowledge, request)
  // A caller in the provider's own dialect knows its parameters; only refused ones are removed.
  if (native && isNative(knowledge, request)) {
    return fitParameters(native.body as ChatBody, { target: targetTakingAll, model: '', learnt })
  }
  return fitParameters(body, { target: knowledge.parameters, model: target.upstreamName, learnt })
}

const fitRequest = (knowledge: Knowledge, request: UpstreamRequest): FittedRequest => {
  const { body, dropped, lost, refused } = fitted(knowledge, request)
  const isRefusing = request.unsupportedParams === 'refuse'
  const named = isRefusing ? [...refused, ...lost] : refused
  if (named.length > 0) throw refusal(request, named)
  const { native } = request
  if (!native || !isNative(knowledge, request)) return { request: { ...request, body }, dropped }
  return { request: { ...request, native: { ...native, body } }, dropped }
}

const learnRefusal = (
  knowledge: Knowledge,
  request: UpstreamRequest,
  error: RouterError,
): RouterError | null => {
  const { native, target, unsupportedParams } = request
  const body: JsonObject = isNative(knowledge, request) ? (native?.body ?? {}) : request.body
  const learnt = learntOf(knowledge, request)
  const sent = Object.keys(body).filter((name) => !learnt.has(name))
  const name = refusedParameter(error, sent)
  if (name === null || unsupportedParams === 'refuse') return error
  if (learnt.size < MAX_LEARNT) knowledge.learnt.set(target.upstreamName, learnt.add(name))
  const hasNext = request.isLastChance !== true && unsupportedParams !== 'drop'
  return hasNext ? unsupported(error) : null
}

const unsupported = (error: RouterError): RouterError =>
  new RouterError(error.code, error.message, {
    cause: error,
    details: { ...error.details, isUnsupported: true },
    isRetryable: error.isRetryable,
  })

export const createParameterFit = ({
  parameters = targetTakingAll,
  ...wire
}: Pick<Wire, 'kind' | 'native' | 'parameters'>): ParameterFit => {
  const knowledge: Knowledge = { wire, parameters, learnt: new Map() }
  return {
    losses: (request) => {
      const { lost, refused } = fitted(knowledge, request)
      return { lost, refused }
    },
    fit: (request) => fitRequest(knowledge, request),
    learn: (request, error) => learnRefusal(knowledge, request, error),
  }
}

const refusal = ({ target }: Subject, names: string[]): RouterError => {
  const [first = ''] = names
  const message = `${names.join(', ')}: the model ${target.model} does not support this, and leaving it out would change the request. Send the request without it, or to a model that supports it.`
  return new RouterError('invalid_request', message, {
    param: first,
    details: { unsupported: names },
  })
}

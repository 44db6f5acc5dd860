// The parameters of each call against what its model takes (parameters/), and what is learnt from refusals: a parameter that
// a provider has refused for a model is not sent to it again by this process.

import type { ChatBody, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import type { JsonObject } from '../../dialects/json.ts'
import { RouterError } from '../../errors.ts'
import { type Fit, fitParameters } from '../parameters/fit.ts'
import { refusedParameter } from '../parameters/refused-parameter.ts'
import { type TargetParameters, targetTakingAll } from '../parameters/targets.ts'
import type { Losses } from '../upstream.ts'
import type { Wire } from './wire.ts'

export interface FittedRequest {
  request: UpstreamRequest
  dropped: string[]
}

type Subject = Pick<UpstreamRequest, 'body' | 'native' | 'target'>

export interface ParameterFit {
  losses(request: Subject): Losses
  /** @throws RouterError `invalid_request` naming what the model cannot be asked for */
  fit(request: UpstreamRequest): FittedRequest
  /**
   * Takes note of a refused parameter: null where the call may be made again without it, else the error to go on with,
   * marked `isUnsupported` where another model is to be asked.
   */
  learn(request: UpstreamRequest, error: RouterError): RouterError | null
}

const MAX_LEARNT = 16

export const createParameterFit = ({
  kind,
  parameters,
}: Pick<Wire, 'kind' | 'parameters'>): ParameterFit => {
  const known: TargetParameters = parameters ?? targetTakingAll
  /** By the model's name at the provider. */
  const learnt = new Map<string, Set<string>>()
  const learntOf = ({ target }: Subject): Set<string> =>
    learnt.get(target.upstreamName) ?? new Set()

  const isNative = ({ native }: Subject): boolean => native?.dialect === kind
  const read = (request: Subject): Fit => {
    const { body, native, target } = request
    // A caller who speaks the provider's own dialect knows its parameters; only what was refused before is held back.
    const own = native && isNative(request) ? (native.body as ChatBody) : body
    const rules = isNative(request) ? targetTakingAll : known
    const model = isNative(request) ? '' : target.upstreamName
    return fitParameters(own, { target: rules, model, learnt: learntOf(request) })
  }
  return {
    losses: (request) => {
      const { lost, refused } = read(request)
      return { lost, refused }
    },
    fit: (request) => {
      const { body, dropped, lost, refused } = read(request)
      const isRefusing = request.unsupportedParams === 'refuse'
      const named = isRefusing ? [...refused, ...lost] : refused
      if (named.length > 0) throw refusal(request, named)
      if (!isNative(request)) return { request: { ...request, body }, dropped }
      const { native } = request
      return { request: native ? { ...request, native: { ...native, body } } : request, dropped }
    },
    learn: (request, error) => {
      const body: JsonObject = isNative(request) ? (request.native?.body ?? {}) : request.body
      const set = learntOf(request)
      const name = refusedParameter(
        error,
        Object.keys(body).filter((one) => !set.has(one)),
      )
      if (name === null || request.unsupportedParams === 'refuse') return error
      if (set.size < MAX_LEARNT) learnt.set(request.target.upstreamName, set.add(name))
      const hasNext = request.isLastChance !== true && request.unsupportedParams !== 'drop'
      if (!hasNext) return null
      const details = { ...error.details, isUnsupported: true }
      return new RouterError(error.code, error.message, {
        cause: error,
        details,
        isRetryable: error.isRetryable,
      })
    },
  }
}

const refusal = ({ target }: Subject, names: string[]): RouterError => {
  const [first = ''] = names
  const message = `${names.join(', ')}: the model ${target.model} cannot be asked for this, and to leave it out would change what is asked. Send the request without, or to a model that takes it.`
  return new RouterError('invalid_request', message, {
    param: first,
    details: { unsupported: names },
  })
}

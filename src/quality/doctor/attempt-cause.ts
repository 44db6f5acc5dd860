// Why attempts of real requests failed, and what to do: read off what is kept of them and off the configuration of today.
import type { Config } from '../../config/config-schema.ts'
import type { FailedAttempts } from '../../core/records/failed-attempts.ts'
import { RouterError } from '../../errors.ts'
import { providerBaseUrl } from '../../upstream/registry/registry.ts'
import { type FailureKind, readFailure } from '../../upstream/resilience/failure.ts'
import { type CalledProvider, callTrouble } from './call-trouble.ts'
import type { Trouble } from './finding.ts'

export type AttemptCause = Omit<Trouble, 'detail'>

export interface AttemptCauseOptions {
  config: Pick<Config, 'providers' | 'models' | 'resilience'>
  env: Readonly<Record<string, string | undefined>>
}

const UPSTREAM_CODES = [
  'upstream_error',
  'upstream_invalid',
  'upstream_timeout',
  'upstream_unavailable',
] as const

const isUpstream = (code: string): code is (typeof UPSTREAM_CODES)[number] =>
  UPSTREAM_CODES.some((known) => known === code)

/** The error, as far as it is kept. */
const keptError = ({ errorCode, status, failure }: FailedAttempts): RouterError | null =>
  isUpstream(errorCode)
    ? new RouterError(errorCode, '', {
        details: {
          status,
          providerMessage: failure.shape ?? null,
          causeCode: failure.causeCode ?? null,
          isKeyRejected: failure.isKeyRejected === true,
        },
      })
    : null

const calledOf = (
  { provider: name, model: modelId }: FailedAttempts,
  { config, env }: AttemptCauseOptions,
): CalledProvider | null => {
  const provider = Object.hasOwn(config.providers, name) ? config.providers[name] : undefined
  const model = Object.hasOwn(config.models, modelId) ? config.models[modelId] : undefined
  if (!provider || !model || provider.kind === 'echo') return null
  const url = new URL(providerBaseUrl(name, provider))
  return { name, provider, modelId, model, url, env, resilience: config.resilience }
}

/** About what was asked rather than about the provider. */
const REQUEST_CAUSES: Partial<Record<FailureKind, (called: CalledProvider) => AttemptCause>> = {
  context_window: ({ modelId }) => ({
    cause: `Prompts are longer than ${modelId} takes.`,
    fix: `Set models.${modelId}.context_window to what it takes, and name a model that takes more in resilience.fallbacks.context_window.`,
  }),
  content_policy: ({ url }) => ({
    cause: `The content filter of ${url.host} stopped prompts.`,
    fix: 'Name a model of another provider in resilience.fallbacks.content_policy, or change the filter at the provider.',
  }),
}

const MISSING_MODEL = /not (?:exist|found|supported|available)|unknown|invalid model/

/** A 4xx that is about neither key, model, path nor limit: something that the caller asked for. */
const refused = (failed: FailedAttempts, { url, modelId }: CalledProvider): AttemptCause => ({
  cause: `${url.host} refuses what callers ask of ${modelId}: a parameter, a tool or a form of message that it does not take.`,
  fix: `Look at such a request (signalbox explain ${failed.decisionId}); resilience.unsupported_params says what becomes of a parameter that a model does not take.`,
})

/** Those that callTrouble tells the cause of. */
const EXPLAINED_STATUSES = new Set([401, 402, 403, 404, 405, 429])

const isRefusal = ({ status, failure: { isKeyRejected, shape = '' } }: FailedAttempts): boolean => {
  if (status === null || status < 400 || status >= 500) return false
  if (isKeyRejected || EXPLAINED_STATUSES.has(status)) return false
  return !(status === 400 && /\bmodel/.test(shape) && MISSING_MODEL.test(shape))
}

const FORCED: AttemptCause = {
  cause: 'An admin asked for the failure, with x-router-fail-targets.',
  fix: 'Nothing is wrong with the provider.',
}

const brokenOff = ({ url }: CalledProvider): AttemptCause => ({
  cause: `${url.host} began to answer and broke off, or something between here and there cuts streams.`,
  fix: "Look for a proxy or load balancer that limits the time of an answer, and at the provider's status page.",
})

/** Null where nothing is known: a code of our own, or a provider or model that is no longer configured. */
export const attemptCause = (
  failed: FailedAttempts,
  options: AttemptCauseOptions,
): AttemptCause | null => {
  if (failed.failure.isForced) return FORCED
  const called = calledOf(failed, options)
  if (called === null) return null
  const { errorCode, status } = failed
  const isMidway = errorCode === 'upstream_error' && status === 200
  if (isMidway || errorCode === 'upstream_interrupted') return brokenOff(called)
  const error = keptError(failed)
  if (error === null) return null
  const aboutRequest = REQUEST_CAUSES[readFailure(error).kind]
  if (aboutRequest) return aboutRequest(called)
  if (isRefusal(failed)) return refused(failed, called)
  const { cause, fix } = callTrouble(error, called)
  return { cause, fix }
}

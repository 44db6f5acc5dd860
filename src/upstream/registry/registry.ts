// Configuration → one upstream per provider. All faults of a provider's configuration are reported here, at the start of the process,
// without printing a key.
import type { Config, ProviderConfig } from '../../config/config-schema.ts'
import type { Logger } from '../../core/logger.ts'
import { RouterError } from '../../errors.ts'
import { createAnthropicUpstream } from '../anthropic/anthropic.ts'
import { createEchoUpstream } from '../echo/echo.ts'
import { checkBaseUrl } from '../egress/base-url.ts'
import { createEgress, type Egress } from '../egress/egress.ts'
import { readProxySettings } from '../egress/proxy.ts'
import { createGeminiUpstream } from '../gemini/gemini.ts'
import { readKeys } from '../keys/provider-keys.ts'
import { createOpenAiUpstream } from '../openai/openai.ts'
import { presetOf } from '../presets/presets.ts'
import { checkExtraHeaders } from '../provider/extra-headers.ts'
import type { HttpUpstreamOptions } from '../provider/http-provider.ts'
import { checkPathPart } from '../provider/path-part.ts'
import type { Upstream } from '../upstream.ts'
import { completedBaseUrl } from './base-url-advice.ts'

export interface UpstreamsOptions {
  providers: Config['providers']
  /** Their names are checked where they become part of a URL. */
  models?: Config['models']
  /** Environment variables with the keys. */
  env: Record<string, string | undefined>
  resilience: Config['resilience']
  limits?: Config['limits']
  logger: Logger
  /** Milliseconds since the epoch. */
  now?: () => number
}

/**
 * Provider name → upstream.
 * @throws RouterError `invalid_config` naming provider and variable where a key is missing or unfit for a header, or
 * where a base_url, a header or a model's name is not of the allowed form.
 */
export const createUpstreams = (options: UpstreamsOptions): Record<string, Upstream> => {
  checkModelNames(options)
  const egress = createEgress({
    maxSockets: options.limits?.max_sockets ?? 128,
    connectTimeoutMs: options.resilience.connect_timeout_ms,
    proxy: readProxySettings(options.env),
  })
  return Object.fromEntries(
    Object.entries(options.providers).map(([name, provider]) => [
      name,
      createUpstream(name, provider, { ...options, egress }),
    ]),
  )
}

const checkModelNames = ({ models = {}, providers }: UpstreamsOptions): void => {
  for (const { provider, name } of Object.values(models)) {
    const { kind, preset, base_url } = providers[provider] ?? {}
    const isPath = kind === 'openai' && presetOf(preset, base_url).path === 'deployments'
    if (isPath || kind === 'gemini') checkPathPart(provider, name.replace(/^models\//, ''))
  }
}

type Parts = UpstreamsOptions & { egress: Egress }

const createUpstream = (name: string, provider: ProviderConfig, parts: Parts): Upstream => {
  switch (provider.kind) {
    case 'echo':
      return createEchoUpstream({ now: parts.now ?? Date.now })
    case 'anthropic':
      return createAnthropicUpstream(httpOptions(name, provider, parts))
    case 'gemini':
      return createGeminiUpstream(httpOptions(name, provider, parts))
    default:
      return createOpenAiUpstream({
        ...httpOptions(name, provider, parts),
        preset: provider.preset,
        apiVersion: provider.api_version,
      })
  }
}

const DEFAULT_BASE_URL = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
}

const httpOptions = (
  name: string,
  provider: ProviderConfig,
  { env, resilience, egress, logger, now = Date.now }: Parts,
): HttpUpstreamOptions => {
  const written = providerBaseUrl(name, provider)
  return {
    provider: name,
    baseUrl: checkBaseUrl(name, written),
    keys: readKeys(name, provider, env),
    extraHeaders: checkExtraHeaders(name, provider.extra_headers),
    forwardHeaders: provider.forward_headers,
    hasModelHeader: provider.model_header,
    timeouts: {
      firstByteMs: resilience.first_byte_timeout_ms,
      wholeAnswerMs: resilience.whole_answer_timeout_ms,
      firstTokenMs: resilience.first_token_timeout_ms,
      idleMs: resilience.idle_timeout_ms,
      totalMs: resilience.total_timeout_ms,
    },
    fetch: egress.fetchFor({ baseUrl: written, allowPrivate: provider.allow_private }),
    logger,
    now,
  }
}

type ProviderAddress = Pick<ProviderConfig, 'kind' | 'preset' | 'base_url'>

/** The base URL of a provider. @throws RouterError `invalid_config` where there is none */
export const providerBaseUrl = (name: string, provider: ProviderAddress): string =>
  completedBaseUrl(provider.kind, provider.base_url ?? defaultBaseUrl(name, provider))

const defaultBaseUrl = (name: string, { kind, preset }: ProviderAddress): string => {
  if (kind === 'anthropic' || kind === 'gemini') return DEFAULT_BASE_URL[kind]
  if (preset === undefined) return DEFAULT_BASE_URL.openai
  const { baseUrl } = presetOf(preset, undefined)
  if (baseUrl !== null) return baseUrl
  const param = `providers.${name}.base_url`
  const message = `${param}: required for preset ${preset}, e.g. https://NAME.openai.azure.com`
  throw new RouterError('invalid_config', message, { param })
}

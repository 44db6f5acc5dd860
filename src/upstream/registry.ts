// Configuration → one upstream per provider. Everything that can be wrong with a provider is said here, at the start of
// the process, and without printing a key.
import type { Config, ProviderConfig } from '../config.ts'
import type { Logger } from '../core/logger.ts'
import { RouterError } from '../errors.ts'
import { checkBaseUrl } from './base-url.ts'
import { createEchoUpstream } from './echo.ts'
import { createOpenAiUpstream } from './openai.ts'
import type { Upstream } from './upstream.ts'

const OPENAI_BASE_URL = 'https://api.openai.com/v1'

export interface UpstreamsOptions {
  providers: Config['providers']
  /** The process's environment: keys are read from it by the names in the configuration. */
  env: Record<string, string | undefined>
  resilience: Config['resilience']
  logger: Logger
  /** Milliseconds since the epoch. */
  now?: () => number
}

/**
 * Provider name → upstream.
 * @throws RouterError `invalid_config` naming provider and variable where a key is missing or unfit for a header, or
 * where a base_url is not of the allowed form.
 */
export const createUpstreams = (options: UpstreamsOptions): Record<string, Upstream> =>
  Object.fromEntries(
    Object.entries(options.providers).map(([name, provider]) => [
      name,
      createUpstream(name, provider, options),
    ]),
  )

const createUpstream = (
  name: string,
  provider: ProviderConfig,
  options: UpstreamsOptions,
): Upstream => {
  const { env, resilience, logger, now = Date.now } = options
  if (provider.kind === 'echo') return createEchoUpstream({ now })
  return createOpenAiUpstream({
    provider: name,
    baseUrl: checkBaseUrl(name, provider.base_url ?? OPENAI_BASE_URL),
    apiKey: provider.api_key_env === undefined ? null : readKey(name, provider.api_key_env, env),
    timeouts: {
      firstTokenMs: resilience.first_token_timeout_ms,
      idleMs: resilience.idle_timeout_ms,
      totalMs: resilience.total_timeout_ms,
    },
    logger,
    now,
  })
}

const readKey = (
  provider: string,
  variable: string,
  env: Record<string, string | undefined>,
): string => {
  const param = `providers.${provider}.api_key_env`
  const key = Object.hasOwn(env, variable) ? env[variable] : undefined
  if (key === undefined || key === '') {
    const message = `Provider ${provider} needs the environment variable ${variable}, which is not set.`
    throw new RouterError('invalid_config', message, { param })
  }
  // Refused here because fetch would quote the whole header, key and all, in its own error.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const message = `The key in ${variable} (provider ${provider}) holds a space, a line break or a character that is not ASCII.`
    throw new RouterError('invalid_config', message, { param })
  }
  return key
}

// Reads a provider's keys from the environment variables that the configuration names. Checked at the start, never printed.
import type { ProviderConfig } from '../../config/config-schema.ts'
import { RouterError } from '../../errors.ts'

/** The environment variables that hold a provider's keys. */
export const keyVariables = ({ api_key_env: names }: Pick<ProviderConfig, 'api_key_env'>) =>
  names === undefined ? [] : [names].flat()

/**
 * The keys of a provider, none where it has no `api_key_env`; the same key twice counts once.
 * @throws RouterError `invalid_config` naming provider and variable where one is missing or unfit for a header.
 */
export const readKeys = (
  provider: string,
  config: Pick<ProviderConfig, 'api_key_env'>,
  env: Record<string, string | undefined>,
): string[] => [
  ...new Set(keyVariables(config).map((variable) => readKey(provider, variable, env))),
]

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
  // Refused here, because an HTTP client would quote the whole header with the key in its error.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const message = `The key in ${variable} (provider ${provider}) holds a space, a line break or a character that is not ASCII.`
    throw new RouterError('invalid_config', message, { param })
  }
  return key
}

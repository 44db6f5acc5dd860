// What of the environment must not leave the process: the values of all provider keys.
import type { Config } from '../config/config-schema.ts'
import { keyVariables } from '../upstream/keys/provider-keys.ts'

/** To redact from everything that leaves the process except the call itself. */
export const providerSecrets = (config: Config, env: NodeJS.ProcessEnv): string[] =>
  Object.values(config.providers)
    .flatMap(keyVariables)
    .flatMap((name) => env[name] || [])

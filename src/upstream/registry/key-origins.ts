// Binds each provider key to the origin that it was first used for, so that an edit of the configuration cannot send a key to another
// server. Kept for the life of the process by a fingerprint of the key; a restart by the operator resets it.
import { createHash } from 'node:crypto'
import type { Config } from '../../config/config-schema.ts'
import type { KeyOrigins } from '../../config/key-origins.ts'
import { RouterError } from '../../errors.ts'
import { keyVariables } from '../keys/provider-keys.ts'
import { providerBaseUrl } from './registry.ts'

interface Bound {
  fingerprint: string
  origins: Set<string>
}

interface Use {
  provider: string
  variable: string
  fingerprint: string
  origin: string
}

export const createKeyOrigins = (env: NodeJS.ProcessEnv): KeyOrigins => {
  const bound = new Map<string, Bound>()

  const usesOf = ({ providers }: Pick<Config, 'providers'>): Use[] =>
    Object.entries(providers).flatMap(([provider, entry]) =>
      keyVariables(entry).map((variable) => ({
        provider,
        variable,
        fingerprint: createHash('sha256')
          .update(env[variable] ?? '')
          .digest('hex'),
        origin: new URL(providerBaseUrl(provider, entry)).origin,
      })),
    )
  return {
    check: (config) => {
      for (const { provider, variable, fingerprint, origin } of usesOf(config)) {
        const known = bound.get(variable)
        if (!known || known.fingerprint !== fingerprint || known.origins.has(origin)) continue
        const param = `providers.${provider}.base_url`
        throw new RouterError(
          'invalid_config',
          `${param}: the key in ${variable} was given for ${[...known.origins].join(', ')} and would be sent to ${origin}. Name another variable, confirm it with confirm_origin, or restart the server.`,
          { param },
        )
      }
    },
    bind: (config) => {
      for (const { variable, fingerprint, origin } of usesOf(config)) {
        const known = bound.get(variable)
        if (known?.fingerprint === fingerprint) known.origins.add(origin)
        else bound.set(variable, { fingerprint, origins: new Set([origin]) })
      }
    },
  }
}

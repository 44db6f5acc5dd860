// The check of a reload whether each provider key may be sent to the configured address.
import type { Config } from './config-schema.ts'

export interface KeyOrigins {
  /** @throws RouterError `invalid_config` naming the first key that would be sent to another origin than before */
  check(config: Pick<Config, 'providers'>): void
  /** Permits the keys of this configuration for its addresses. */
  bind(config: Pick<Config, 'providers'>): void
}

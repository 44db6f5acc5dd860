// What a reload asks before it takes a configuration over: may each key go where the configuration sends it?
import type { Config } from './config-schema.ts'

export interface KeyOrigins {
  /** @throws RouterError `invalid_config` naming the first key that would be sent to another origin than before */
  check(config: Pick<Config, 'providers'>): void
  /** From now on its keys may go where it sends them. */
  bind(config: Pick<Config, 'providers'>): void
}

// The configuration that serves now, for parts that are not replaced when it changes.
import type { Config } from '../config/config-schema.ts'

/** Each key is read from `current()` at every use: read it where it is needed, never keep it. */
export const liveConfig = (current: () => Config): Config => {
  const live = {}
  for (const key of Object.keys(current()) as (keyof Config)[]) {
    Object.defineProperty(live, key, { enumerable: true, get: () => current()[key] })
  }
  return live as Config
}

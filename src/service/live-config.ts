// The serving configuration, for parts that survive a reload.
import type { Config } from '../config/config-schema.ts'

/** An object whose properties are read from `current()` at every access; do not copy values out of it. */
export const liveConfig = (current: () => Config): Config => {
  const live = {}
  for (const key of Object.keys(current()) as (keyof Config)[]) {
    Object.defineProperty(live, key, { enumerable: true, get: () => current()[key] })
  }
  return live as Config
}

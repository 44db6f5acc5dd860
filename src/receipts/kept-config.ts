// The configurations of past decisions, from their stored texts, whose hashes are verified. A few are kept, since decisions that lie
// together were made by the same.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { parse } from 'yaml'
import type { Config } from '../config/config-schema.ts'
import { checkConfig } from '../config/load-config.ts'
import { toRouterError } from '../errors.ts'
import type { Problem } from './kept-generations.ts'

type KeptConfig = { config: Config } | Problem

export interface KeptConfigs {
  /** @param text null where this version is not stored */
  read(version: string, text: string | null): KeptConfig
}

const KEPT_READ = 10

/** Keys that were added to the schema since get their defaults. */
const readConfig = (version: string, text: string): KeptConfig => {
  if (!createHash('sha256').update(text).digest('hex').startsWith(version)) {
    return { problem: `The stored text of configuration ${version} was changed since.` }
  }
  try {
    return { config: checkConfig(parse(text), `The configuration ${version}`) }
  } catch (error) {
    const { message } = toRouterError(error)
    return { problem: `This version of the program cannot read its settings. ${message}` }
  }
}

export const createKeptConfigs = (): KeptConfigs => {
  const read = new LRUCache<string, KeptConfig>({ max: KEPT_READ })
  return {
    read: (version, text) => {
      if (text === null) return { problem: `The configuration ${version} is not stored here.` }
      const known = read.get(version)
      if (known) return known
      const config = readConfig(version, text)
      read.set(version, config)
      return config
    },
  }
}

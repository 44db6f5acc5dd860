// The configuration of a past decision, from its stored text, whose hash is verified.
import { createHash } from 'node:crypto'
import { parse } from 'yaml'
import type { Config } from '../config/config-schema.ts'
import { checkConfig } from '../config/load-config.ts'
import { toRouterError } from '../errors.ts'
import type { Problem } from './kept-generations.ts'

/**
 * Keys that were added to the schema since get their defaults.
 * @param text null where this version is not stored
 */
export const readKeptConfig = (
  version: string,
  text: string | null,
): { config: Config } | Problem => {
  if (text === null) {
    return { problem: `The configuration ${version} is not stored here.` }
  }
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

// The configuration that a decision names, from the text that was kept of it, believed only where its hash holds.
import { createHash } from 'node:crypto'
import { parse } from 'yaml'
import type { Config } from '../config/config-schema.ts'
import { checkConfig } from '../config/load-config.ts'
import { toRouterError } from '../errors.ts'
import type { Problem } from './kept-generations.ts'

/**
 * Keys that the schema has gained since have their defaults.
 * @param text null where no configuration of this version was kept
 */
export const readKeptConfig = (
  version: string,
  text: string | null,
): { config: Config } | Problem => {
  if (text === null) {
    return { problem: `The configuration ${version} is not kept: its hash is unknown here.` }
  }
  if (!createHash('sha256').update(text).digest('hex').startsWith(version)) {
    return { problem: `The text that is kept of configuration ${version} was changed since.` }
  }
  try {
    return { config: checkConfig(parse(text), `The configuration ${version}`) }
  } catch (error) {
    const { message } = toRouterError(error)
    return { problem: `This version of the program cannot read its settings. ${message}` }
  }
}

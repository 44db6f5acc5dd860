// Checks a model's name that becomes part of a URL (Azure, Gemini) by an allow-list, so that it cannot change the address.
import { RouterError } from '../../errors.ts'

const PATH_PART = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9_-])?$/

/** @throws RouterError `invalid_config` naming the provider and the valid characters */
export const checkPathPart = (provider: string, name: string): string => {
  if (PATH_PART.test(name)) return name
  const message = `A model of provider ${provider} has a name that cannot be part of a URL; letters, digits, "." "_" and "-" can.`
  throw new RouterError('invalid_config', message)
}

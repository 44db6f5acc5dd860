// Checks the names of a provider's `extra_headers` (their form is checked by the schema): headers with keys, the host or the framing of
// the message cannot be set.
import type { ProviderConfig } from '../../config/config-schema.ts'
import { RouterError } from '../../errors.ts'

const RESERVED =
  /^(?:authorization|proxy-.*|cookie2?|set-cookie|(?:x-)?api-key|x-goog-api-key|x-auth-.*|host|content-.*|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept|accept-encoding|forwarded|x-forwarded-.*)$/

/**
 * The headers by lower-case name.
 * @throws RouterError `invalid_config` naming provider and header; values are not printed.
 */
export const checkExtraHeaders = (
  provider: string,
  headers: ProviderConfig['extra_headers'] = {},
): Record<string, string> => {
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const param = `providers.${provider}.extra_headers`
    if (RESERVED.test(name.toLowerCase())) {
      const message = `${param}: ${name} cannot be set; keys belong into api_key_env.`
      throw new RouterError('invalid_config', message, { param })
    }
    checked[name.toLowerCase()] = value
  }
  return checked
}

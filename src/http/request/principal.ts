// The principal that auth has set. A handler that runs without one is a fault of the wiring, and refuses.
import type { Principal } from '../../core/decide/gateway-key.ts'
import { RouterError } from '../../errors.ts'
import type { AppContext } from './app-env.ts'

/** @throws RouterError `invalid_api_key` where there is none */
export const principalOf = (c: AppContext): Principal => {
  const principal = c.get('principal')
  if (principal) return principal
  throw new RouterError('invalid_api_key', 'This needs a key.')
}

// While the server drains: requests under way end, new ones are refused, and no connection is kept alive (an idle one delays
// `server.close()` by 5 s).
import { RouterError } from '../../errors.ts'
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { addHeaders } from './reply-headers.ts'

const CLOSING = { connection: 'close' }

/** Sets `connection: close` on every answer while draining. */
export const closeWhileDraining = (deps: Pick<HttpDeps, 'isDraining'>): Middleware =>
  function closeWhileDraining(c, next) {
    return addHeaders(c, next, () => (deps.isDraining() ? CLOSING : {}))
  }

/** Refuses new requests with `shutting_down` while draining, except health, readiness and metrics. */
export const refuseWhileDraining = (deps: Pick<HttpDeps, 'isDraining'>): Middleware =>
  async function refuseWhileDraining(_c, next) {
    if (deps.isDraining()) {
      throw new RouterError('shutting_down', 'The server is shutting down; try again in a moment.')
    }
    await next()
  }

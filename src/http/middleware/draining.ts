// While the server drains: what is under way ends, new work is refused, and no connection is kept alive
// (an idle one holds `server.close()` for 5 s).
import { RouterError } from '../../errors.ts'
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'

/** Says `connection: close` on every answer that is given while draining. */
export const closeWhileDraining = (deps: Pick<HttpDeps, 'isDraining'>): Middleware =>
  async function closeWhileDraining(c, next) {
    await next()
    if (deps.isDraining()) c.res.headers.set('connection', 'close')
  }

/** Refuses with `shutting_down` what comes in while draining. Health, readiness and metrics still answer. */
export const refuseWhileDraining = (deps: Pick<HttpDeps, 'isDraining'>): Middleware =>
  async function refuseWhileDraining(_c, next) {
    if (deps.isDraining()) {
      throw new RouterError('shutting_down', 'The server is shutting down; try again in a moment.')
    }
    await next()
  }

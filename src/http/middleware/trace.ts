// Starts the trace of a request where tracing is on; log.ts ends it.
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { POLLED } from './log.ts'

export const trace = ({ beginTrace }: Pick<HttpDeps, 'beginTrace'>): Middleware =>
  async function trace(c, next) {
    if (beginTrace && !POLLED.has(c.req.path)) {
      c.set('trace', beginTrace({ method: c.req.method, header: (name) => c.req.header(name) }))
    }
    await next()
  }

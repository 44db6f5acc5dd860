// Starts the trace of a request where tracing is on; log.ts ends it.
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { POLLED } from './log.ts'

export const beginTrace = (
  c: AppContext,
  { beginTrace: begin }: Pick<HttpDeps, 'beginTrace'>,
): void => {
  if (!begin || POLLED.has(c.req.path)) return
  c.set('trace', begin({ method: c.req.method, header: (name) => c.req.header(name) }))
}

// First middleware: what is done around every request, whatever becomes of it. One for all of it, since each middleware costs four
// promises and the closures between them.
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { closingHeaders } from './draining.ts'
import { logLater } from './log.ts'
import { watchLoop } from './loop.ts'
import { addHeaders } from './reply-headers.ts'
import { beginRequest, idHeaders } from './request-id.ts'
import { routedHeaders } from './router-headers.ts'
import { beginTrace } from './trace.ts'

/** Gives the request its id, its trace and its place in the watch over the loop, adds the headers of every reply, and logs it. */
export const around = (deps: HttpDeps): Middleware =>
  async function around(c, next) {
    beginRequest(c, deps)
    beginTrace(c, deps)
    const leave = watchLoop(c, deps)
    try {
      await addHeaders(c, next, () =>
        Object.assign({}, closingHeaders(deps), routedHeaders(c), idHeaders(c)),
      )
    } finally {
      leave()
    }
    logLater(c, deps)
  }

// First middleware: gives every request an id, and returns it in every answer.

import { isAnthropicPath } from '../../dialects/anthropic/inbound-error.ts'
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { addHeaders } from './reply-headers.ts'

const SANE_ID = /^[A-Za-z0-9._-]{1,128}$/

/** Uses the caller's x-request-id if it is valid, else a new id. */
export const requestId = (deps: Pick<HttpDeps, 'newId' | 'elapsedMs'>): Middleware =>
  async function requestId(c, next) {
    const given = c.req.header('x-request-id')
    const id = given && SANE_ID.test(given) ? given : deps.newId()
    c.set('requestId', id)
    c.set('startedMs', elapsedMs(deps))
    await addHeaders(c, next, () =>
      isAnthropicPath(c.req.path)
        ? { 'x-request-id': id, 'request-id': id }
        : { 'x-request-id': id },
    )
  }

export const elapsedMs = (deps: Pick<HttpDeps, 'elapsedMs'>): number =>
  deps.elapsedMs ? deps.elapsedMs() : performance.now()

// Gives every request an id, and returns it in every answer.

import { isAnthropicPath } from '../../dialects/anthropic/inbound-error.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'

const SANE_ID = /^[A-Za-z0-9._-]{1,128}$/

/** Uses the caller's x-request-id if it is valid, else a new id. */
export const beginRequest = (c: AppContext, deps: Pick<HttpDeps, 'newId' | 'elapsedMs'>): void => {
  const given = c.req.header('x-request-id')
  c.set('requestId', given && SANE_ID.test(given) ? given : deps.newId())
  c.set('startedMs', elapsedMs(deps))
}

export const idHeaders = (c: AppContext): Record<string, string> => {
  const id = c.get('requestId')
  return isAnthropicPath(c.req.path)
    ? { 'x-request-id': id, 'request-id': id }
    : { 'x-request-id': id }
}

export const elapsedMs = (deps: Pick<HttpDeps, 'elapsedMs'>): number =>
  deps.elapsedMs ? deps.elapsedMs() : performance.now()

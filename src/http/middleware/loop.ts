// Reports running requests to the watch over the event loop, and refuses new ones while the loop is blocked repeatedly.
import { RouterError } from '../../errors.ts'
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { patternOf } from './log.ts'

const RETRY_AFTER_MS = 2_000

/** A relayed stream is running until its last byte. */
export const watchLoop = ({ loop }: Pick<HttpDeps, 'loop'>): Middleware =>
  async function watchLoop(c, next) {
    const endpoint = () => `${c.req.method} ${patternOf(c)}`
    const work = loop.enter({ requestId: c.get('requestId'), endpoint })
    c.set('work', work)
    try {
      await next()
    } finally {
      const end = c.get('relayEnd')
      if (end) void end.then(work.leave)
      else work.leave()
    }
  }

/** Refuses with `overloaded` before the body is read, except health, readiness, metrics and the admin endpoints. */
export const shedWhileStopped = ({ loop }: Pick<HttpDeps, 'loop'>): Middleware =>
  async function shedWhileStopped(_c, next) {
    if (loop.isShedding()) {
      loop.countShed()
      const message = 'The server is overloaded and accepts no new work; try again in a moment.'
      throw new RouterError('overloaded', message, { details: { retryAfterMs: RETRY_AFTER_MS } })
    }
    await next()
  }

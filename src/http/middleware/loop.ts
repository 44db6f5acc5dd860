// Reports running requests to the watch over the event loop, and refuses new ones while the loop is blocked repeatedly.
import { RouterError } from '../../errors.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { patternOf } from './log.ts'

const RETRY_AFTER_MS = 2_000

/** @returns what ends the work; a relayed stream is running until its last byte */
export const watchLoop = (c: AppContext, { loop }: Pick<HttpDeps, 'loop'>): (() => void) => {
  const endpoint = () => `${c.req.method} ${patternOf(c)}`
  const work = loop.enter({ requestId: c.get('requestId'), endpoint })
  c.set('work', work)
  return () => {
    const end = c.get('relayEnd')
    if (end) void end.then(work.leave)
    else work.leave()
  }
}

/** Refuses before the body is read, except health, readiness, metrics and the admin endpoints. @throws RouterError `overloaded` */
export const shedWhileStopped = ({ loop }: Pick<HttpDeps, 'loop'>): void => {
  if (!loop.isShedding()) return
  loop.countShed()
  const message = 'The server is overloaded and accepts no new work; try again in a moment.'
  throw new RouterError('overloaded', message, { details: { retryAfterMs: RETRY_AFTER_MS } })
}

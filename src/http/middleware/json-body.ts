// The body's chunks → `c.get('json')`, after body-limit has read them. A large one is worked on in steps, each in a turn of
// the event loop of its own, so that other requests are answered between them.
import { takeTurn } from '../../jobs/loop-turn.ts'
import type { AppContext, Middleware } from '../request/app-env.ts'
import { sizeOf } from '../request/body.ts'
import { isSlow, parseBody } from '../request/json.ts'

const readJson = async (c: AppContext, ofNothing?: unknown): Promise<void> => {
  const chunks = c.get('bodyChunks')
  c.set('bodyChunks', []) // from here on the value stands in for them
  const size = sizeOf(chunks)
  if (size === 0 && ofNothing !== undefined) return c.set('json', ofNothing)
  c.set('json', await parseBody(chunks, takeTurn))
  if (!isSlow(size)) return
  c.set('takeTurn', takeTurn)
  await takeTurn()
}

/** @throws RouterError `invalid_json`, `invalid_request` */
export const jsonBody = (): Middleware =>
  async function jsonBody(c, next) {
    await readJson(c)
    await next()
  }

/** The same where nothing at all may be sent, too: that is `{}`. */
export const optionalJsonBody = (): Middleware =>
  async function optionalJsonBody(c, next) {
    await readJson(c, {})
    await next()
  }

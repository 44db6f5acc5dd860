// The body's bytes → `c.get('json')`, after body-limit has read them. A large one is worked on in steps, each in a turn of
// the event loop of its own, so that other requests are answered between them.
import { takeTurn } from '../../jobs/loop-turn.ts'
import type { AppContext, Middleware } from '../request/app-env.ts'
import { decodeJson, parseDecoded } from '../request/json.ts'

/** What is larger takes milliseconds a step. */
const LARGE_BYTES = 65_536

const NO_BYTES = new Uint8Array()

const readJson = async (c: AppContext, bytes: Uint8Array): Promise<void> => {
  const isLarge = bytes.length > LARGE_BYTES
  if (isLarge) await takeTurn()
  const text = decodeJson(bytes)
  // The text stands in for them from here on: a large body is not held twice.
  c.set('bodyBytes', NO_BYTES)
  if (isLarge) await takeTurn()
  c.set('json', parseDecoded(text))
  if (!isLarge) return
  c.set('takeTurn', takeTurn)
  await takeTurn()
}

/** @throws RouterError `invalid_json`, `invalid_request` */
export const jsonBody = (): Middleware =>
  async function jsonBody(c, next) {
    await readJson(c, c.get('bodyBytes'))
    await next()
  }

/** The same where nothing at all may be sent, too: that is `{}`. */
export const optionalJsonBody = (): Middleware =>
  async function optionalJsonBody(c, next) {
    const bytes = c.get('bodyBytes')
    if (bytes.length === 0) c.set('json', {})
    else await readJson(c, bytes)
    await next()
  }

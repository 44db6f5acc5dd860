// Reads the body, at most `server.max_body_bytes` of it. Never builds a new Request: with the adapter's
// `overrideGlobalObjects: false` that fails for chunked bodies (hono's own body-limit answers 500 there). For a compressed body the
// limit applies before and after decoding. The total of all bodies is limited by body-budget.ts.
import { RouterError } from '../../errors.ts'
import type { AppContext } from '../request/app-env.ts'
import { readBody, tooLarge, wholeOf } from '../request/body.ts'
import type { BodyBudget, HeldBody } from '../request/body-budget.ts'
import { decodeBody, isEncoded } from './content-encoding.ts'

const readAll = async (
  c: AppContext,
  { limit, held }: { limit: number; held: HeldBody },
): Promise<Uint8Array[]> => {
  const chunks = await readBody(c, { limit, held }).catch((error: unknown) => {
    if (error instanceof RouterError) throw error
    const message = 'The request ended before its body was complete.'
    throw new RouterError('client_closed', message, { cause: error })
  })
  c.get('work')?.touch()
  const encoding = c.req.header('content-encoding')
  if (!isEncoded(encoding)) return chunks
  const tooLong = () => tooLarge(limit)
  const decoded = await decodeBody(wholeOf(chunks), { encoding, limit, tooLong })
  if (!held.grow(decoded.byteLength)) throw held.refusal()
  return [decoded]
}

/**
 * Reads the body for `work`, and counts it until that is done.
 * @throws RouterError `body_too_large`, `overloaded`, `unsupported_encoding`; `client_closed` where the body breaks off
 */
export const withBody = async <T>(
  c: AppContext,
  { limit, bodies }: { limit: number; bodies: BodyBudget },
  work: () => Promise<T>,
): Promise<T> => {
  const held = bodies.hold()
  try {
    c.set('bodyChunks', await readAll(c, { limit, held }))
    return await work()
  } finally {
    // The body of a relayed stream's request counts until the stream's last byte.
    const end = c.get('relayEnd')
    if (end) void end.then(held.release)
    else held.release()
  }
}

// Parses the body's chunks into `c.get('json')`, after body-limit has read them. Large bodies are processed in steps, each in a turn of
// the event loop of its own, so that other requests are answered in between.
import { takeTurn } from '../../jobs/loop-turn.ts'
import type { AppContext } from '../request/app-env.ts'
import { sizeOf } from '../request/body.ts'
import { isSlow, parseBody } from '../request/json.ts'

/**
 * @param ofNothing the value of an empty body, where that is allowed
 * @throws RouterError `invalid_json`, `invalid_request`
 */
export const readJson = async (c: AppContext, ofNothing?: unknown): Promise<void> => {
  const chunks = c.get('bodyChunks')
  c.set('bodyChunks', []) // released: from here on only the parsed value is used
  const size = sizeOf(chunks)
  if (size === 0 && ofNothing !== undefined) return c.set('json', ofNothing)
  c.set('json', await parseBody(chunks, takeTurn))
  if (!isSlow(size)) return
  c.set('takeTurn', takeTurn)
  await takeTurn()
}

// Data for scripts and pictures of pages: compressed, and sent again only where it differs from what the browser has.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Context } from 'hono'
import type { DeskEnv } from '../request/desk.ts'

const compress = promisify(gzip)

export const sendTagged = async (
  c: Context<DeskEnv>,
  type: string,
  body: string,
): Promise<Response> => {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  // Kept by the browser alone, and asked about each time.
  const headers = { etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding' }
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
  const given = { ...headers, 'content-type': `${type}; charset=utf-8` }
  if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(body, 200, given)
  const bytes = new Uint8Array(await compress(body))
  return c.body(bytes, 200, { ...given, 'content-encoding': 'gzip' })
}

// The body's bytes → `c.get('json')`, after body-limit has read them.
import type { Middleware } from '../request/app-env.ts'
import { parseJson } from '../request/json.ts'

/** @throws RouterError `invalid_json`, `invalid_request` */
export const jsonBody = (): Middleware =>
  async function jsonBody(c, next) {
    c.set('json', parseJson(c.get('bodyBytes')))
    await next()
  }

/** The same where nothing at all may be sent, too: that is `{}`. */
export const optionalJsonBody = (): Middleware =>
  async function optionalJsonBody(c, next) {
    const bytes = c.get('bodyBytes')
    c.set('json', bytes.length === 0 ? {} : parseJson(bytes))
    await next()
  }

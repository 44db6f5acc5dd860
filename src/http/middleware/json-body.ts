// The body's bytes → `c.get('json')`, after body-limit has read them.
import type { Middleware } from '../app-env.ts'
import { parseJson } from '../json.ts'

/** @throws RouterError `invalid_json`, `invalid_request` */
export const jsonBody = (): Middleware =>
  async function jsonBody(c, next) {
    c.set('json', parseJson(c.get('bodyBytes')))
    await next()
  }

import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, it } from 'vitest'
import { createRememberingRouter } from '../../src/http/remembering-router.ts'

const ROUTES = [
  ['ALL', '/*', 'all'],
  ['ALL', '/v1/*', 'v1'],
  ['POST', '/v1/chat/completions', 'chat'],
  ['GET', '/v1/models', 'models'],
  ['GET', '/v1/models/:id{.+}', 'model'],
  ['GET', '/v1/:any', 'any'],
] as const

const REQUESTS = [
  ['POST', '/v1/chat/completions'],
  ['GET', '/v1/chat/completions'],
  ['GET', '/v1/models'],
  ['GET', '/v1/models/a:b/c'],
  ['GET', '/v1/models/other'],
  ['GET', '/elsewhere'],
] as const

const filled = <R extends Pick<TrieRouter<string>, 'add'>>(router: R): R => {
  for (const [method, path, handler] of ROUTES) router.add(method, path, handler)
  return router
}

describe('the remembering router', () => {
  it.each(REQUESTS)('finds for %s %s what hono finds, the second time too', (method, path) => {
    const router = filled(createRememberingRouter<string>())
    const expected = filled(new TrieRouter<string>()).match(method, path)
    expect(router.match(method, path)).toEqual(expected)
    expect(router.match(method, path)).toEqual(expected)
  })

  it('remembers a path without parameters, and no other', () => {
    const router = filled(createRememberingRouter<string>())
    const find = (method: string, path: string) => router.match(method, path)
    expect(find('POST', '/v1/chat/completions')).toBe(find('POST', '/v1/chat/completions'))
    // `/v1/:any` gives this one a parameter.
    expect(find('GET', '/v1/models')).not.toBe(find('GET', '/v1/models'))
    expect(find('GET', '/v1/models/x')).not.toBe(find('GET', '/v1/models/x'))
  })
})

import { expect, it } from 'vitest'
import { checkConfig } from '../../src/config/load-config.ts'

const check = (changes: object) =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { provider: 'demo', name: id }])),
      routes: { code: { models: ['a', 'b'] } },
      default_route: 'code',
      ...changes,
    },
    'it',
  )
const ofRoute = (fallbacks: object) => ({
  routes: { code: { models: ['a', 'b'], resilience: { fallbacks } } },
})

it('T17 takes chains that go forward, global and per route', () => {
  expect(
    check({ resilience: { fallbacks: { general: ['c', 'a'] } } }).resilience.fallbacks,
  ).toEqual({
    general: ['c', 'a'],
    context_window: [],
    content_policy: [],
  })
  expect(check(ofRoute({ general: ['c'], context_window: ['b'] }))).toBeTruthy()
})

it.each([
  [
    'a route that lists a model twice',
    { routes: { code: { models: ['a', 'b', 'a'] } } },
    'routes.code.models: comes back to "a"',
  ],
  [
    'fallbacks that list a model twice',
    { resilience: { fallbacks: { general: ['a', 'b', 'a'] } } },
    'resilience.fallbacks.general: comes back to "a"',
  ],
  [
    'a route that falls back to its own model',
    ofRoute({ general: ['c', 'b'] }),
    'routes.code.resilience.fallbacks.general: comes back to "b"',
  ],
  [
    'a larger context that is the same model',
    ofRoute({ context_window: ['a'] }),
    'routes.code.resilience.fallbacks.context_window: comes back to "a"',
  ],
  [
    'an unknown model in a route',
    ofRoute({ content_policy: ['bb'] }),
    'content_policy: no model "bb", did you mean "b"',
  ],
  [
    'an unknown model in the global chain',
    { resilience: { fallbacks: { context_window: ['x'] } } },
    'resilience.fallbacks.context_window: no model "x"',
  ],
])('T17 refuses %s', (_, changes, message) => {
  expect(() => check(changes)).toThrow(message)
})

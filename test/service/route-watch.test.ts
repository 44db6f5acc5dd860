import { expect, it } from 'vitest'
import { createRouteWatch, type RouteWatchOptions } from '../../src/service/route-watch.ts'
import { createTestLogger } from '../upstream/harness.ts'

type Config = ReturnType<RouteWatchOptions['config']>
type Serving = ReturnType<RouteWatchOptions['generation']>

const of = (...routes: string[]) =>
  ({ routes: Object.fromEntries(routes.map((r) => [r, {}])), default_route: 'general' }) as Config
const trainedOn = (...routes: string[]) => ({ classifier: { routes } }) as unknown as Serving

it('logs each disagreement once, when it begins, and says it for as long as it lasts', () => {
  const { logger, lines } = createTestLogger()
  let [config, serving] = [of('code', 'general'), null as Serving]
  const watch = createRouteWatch({ generation: () => serving, config: () => config, logger })
  expect(watch.check()).toEqual({ ok: true, detail: 'no index yet' })
  serving = trainedOn('code', 'law')
  expect(watch.check()).toMatchObject({ ok: false })
  expect(watch.check()).toMatchObject({ ok: false })
  expect(lines).toMatchObject([{ level: 'warn', fields: { unconfigured: ['law'], untrained: [] } }])
  config = of('code', 'law', 'general')
  expect(watch.check()).toEqual({ ok: true, detail: 'index and configuration agree' })
  serving = trainedOn('law')
  watch.check()
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject({ fields: { unconfigured: [], untrained: ['code'] } })
})

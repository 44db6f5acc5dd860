// What is known of providers and their models outlives a reload as far as the configuration of them did not change.
import { describe, expect, it } from 'vitest'
import { createResilience } from '../../../src/upstream/resilience/resilience.ts'
import { fakeConfig } from '../../support/http-fakes.ts'

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const provider = (base_url: string, limits = {}) => ({ kind: 'openai', base_url, limits })

const PROVIDERS = { a: provider('http://127.0.0.1:1/v1'), b: provider('http://127.0.0.1:2/v1') }
const MODELS = {
  small: { provider: 'a', name: 'small-1' },
  'vendor/large:free': { provider: 'b', name: 'large-1' },
}
const config = (changes = {}) => fakeConfig({ providers: PROVIDERS, models: MODELS, ...changes })

/** Both targets rest, a call to each provider is under way, and the key of each is refused. */
const used = async () => {
  const before = createResilience({ config: config(), logger })
  for (const model of Object.keys(MODELS)) before.targetHealth(model).coolDown(10_000)
  for (const name of ['a', 'b']) {
    await before.slots(name).acquire(new AbortController().signal)
    before.noteKey(name, true)
  }
  before.budget.enter()
  return before
}

const reloaded = async (changes = {}) =>
  createResilience({ config: config(changes), logger, previous: await used() }).health()

const resting = ({ targets }: Awaited<ReturnType<typeof reloaded>>) =>
  targets.filter(({ waitMs }) => waitMs > 0).map(({ model }) => model)

describe('after a reload', () => {
  it('all of it is known where nothing of it changed', async () => {
    const health = await reloaded({ telemetry: { log_level: 'debug' } })
    expect(resting(health)).toEqual(['small', 'vendor/large:free'])
    expect(health.providers.map(({ active, keyRejections }) => [active, keyRejections])).toEqual([
      [1, 1],
      [1, 1],
    ])
    expect(health.inFlight).toBe(1)
  })

  it('a model is known under another id, and at another price', async () => {
    const models = { ...MODELS, tiny: { ...MODELS.small, input_usd_per_million: 3 } }
    expect(resting(await reloaded({ models }))).toEqual(['small', 'vendor/large:free', 'tiny'])
  })

  it('a provider that is called elsewhere starts anew, the other does not', async () => {
    const providers = { ...PROVIDERS, a: provider('http://127.0.0.1:3/v1') }
    expect(resting(await reloaded({ providers }))).toEqual(['vendor/large:free'])
  })

  it('places are counted anew where their number changed', async () => {
    const providers = { ...PROVIDERS, a: provider('http://127.0.0.1:1/v1', { max_concurrent: 2 }) }
    const health = await reloaded({ providers })
    expect(health.providers.map(({ active }) => active)).toEqual([0, 1])
  })

  it('breakers start anew where they are built otherwise', async () => {
    expect(resting(await reloaded({ resilience: { breaker_failures: 9 } }))).toEqual([])
  })
})

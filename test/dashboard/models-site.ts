// A data folder in which models are known: prices, outcomes of an evaluation that a generation has learned from, a provider that
// says what is left and one model of it that always fails.
import { expect } from 'vitest'
import { COMPLETION, json, startFakeProvider } from '../../scripts/rig/fake-provider.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import type { AnsweringServer } from '../support/server.ts'
import { createDeskRig } from './desk-rig.ts'

/** A name as long as those of hosted models are. */
export const LONG_NAME = 'accounts/fireworks/models/llama-v3p1-405b-instruct-long-context-2026'

const KINDS = [
  ['code', 'write a python function about'],
  ['math', 'solve the equation about'],
  ['writing', 'compose a poem about'],
] as const
const THINGS =
  'stack queue tree graph list heap stone river boat ship train plane lamp chair table window door house garden flower bird fish horse cloud storm rain snow sun moon star hill road bridge tower clock book letter paper pencil song drum flute'.split(
    ' ',
  )

/** USD a prompt, and how likely the model is right on prompts of each kind. */
const WORTH: Record<string, { usd: number; right: readonly number[] }> = {
  tiny: { usd: 0.0001, right: [0.35, 0.3, 0.85] },
  small: { usd: 0.0004, right: [0.8, 0.4, 0.9] },
  steady: { usd: 0.002, right: [0.75, 0.85, 0.9] },
  large: { usd: 0.004, right: [0.95, 0.93, 0.95] },
  [LONG_NAME]: { usd: 0.0036, right: [0.9, 0.9, 0.92] },
}

const evaluation = () => {
  const random = createRandom(17)
  return THINGS.flatMap((thing) =>
    KINDS.map(([label, words], kind) => ({
      text: `${words} a ${thing}`,
      label,
      scores: Object.fromEntries(
        Object.entries(WORTH).map(([name, { right }]) => [
          name,
          random() < (right[kind] as number) ? 1 : 0,
        ]),
      ),
      cost: Object.fromEntries(Object.entries(WORTH).map(([name, { usd }]) => [name, usd])),
    })),
  )
}

const LEARNED = { policy: 'learned', target: { quality: 0.95 } }

const configOf = (baseUrl: string) => {
  const provider = 'fake'
  const known = Object.fromEntries(
    Object.entries(WORTH).map(([name, { usd }]) => [
      name,
      { provider, name: 'limited', input_usd_per_million: 0, output_usd_per_million: usd * 1e3 },
    ]),
  )
  const models = Object.keys(WORTH)
  return {
    providers: { fake: { kind: 'openai', base_url: baseUrl, allow_private: true } },
    models: {
      ...known,
      broken: { provider, name: 'status-500', input_usd_per_million: 1, output_usd_per_million: 2 },
      unpriced: { provider, name: 'limited' },
    },
    routes: {
      code: { models, select: LEARNED },
      math: { models },
      writing: { models: [LONG_NAME, 'large'] },
      general: { models: ['unpriced', 'broken'] },
    },
    resilience: { breaker_open_ms: 600_000, breaker_max_open_ms: 600_000 },
  }
}

/** By the server itself, whose encoder is warm: two commands would each start one. */
const learn = async (server: AnsweringServer): Promise<void> => {
  const imported = await server.post('/admin/outcomes', { rows: evaluation() })
  expect(imported.status).toBe(200)
  await server.post('/admin/rebuild', {})
  await server.logged(({ msg }) => msg === 'rebuild ended')
}

const ask = async (server: AnsweringServer, model: string): Promise<void> => {
  const messages = [{ role: 'user', content: 'write a python function that sorts a list' }]
  const answer = await server.post('/v1/chat/completions', { model, messages, stream: true })
  await answer.text()
}

/** Three models have been asked: one says what it has left, one has no price, and one rests after its failures. */
export const createModelsRig = async () => {
  const headers = {
    'x-ratelimit-remaining-requests': '41',
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-tokens': '123456',
    'x-ratelimit-limit-tokens': '200000',
    'x-ratelimit-reset-requests': '3600s',
    'x-ratelimit-reset-tokens': '3600s',
  }
  const provider = await startFakeProvider({ limited: (x) => json(x, 200, COMPLETION, headers) })
  const rig = await createDeskRig({
    config: configOf(provider.baseUrl),
    seed: { decisions: 5_000, models: Object.keys(WORTH) },
  })
  await learn(rig.server)
  for (const model of ['large', 'unpriced', 'unpriced']) await ask(rig.server, model)
  for (let n = 0; n < 3; n++) await ask(rig.server, 'broken')
  const close = async (): Promise<void> => {
    await rig.close()
    await provider.close()
  }
  return { ...rig, close }
}

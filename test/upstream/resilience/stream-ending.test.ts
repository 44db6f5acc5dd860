// What a stream's end gives back (place, outcome) must not wait for the counting of its tokens.
import { expect, it } from 'vitest'
import { checkConfig } from '../../../src/config/load-config.ts'
import { createCallUpstream } from '../../../src/upstream/call/call.ts'
import { createResilience } from '../../../src/upstream/resilience/resilience.ts'
import type { StreamEnd, StreamEnding, Upstream } from '../../../src/upstream/upstream.ts'
import { chosenFor } from '../../support/chosen.ts'
import { deferred } from '../../support/deferred.ts'
import { asStream, createTestLogger, drain, requestOf } from '../harness.ts'

const { target, body, requestId, signal } = requestOf('up')

/** A stream of one event whose tokens are never counted, and the function that ends it. */
const setup = (stream: 'live' | 'buffered') => {
  const { promise: ending, resolve } = deferred<StreamEnding>()
  const end = new Promise<StreamEnd>(() => undefined)
  const bytes = new TextEncoder().encode('data: [DONE]\n\n')
  const upstream: Upstream = {
    kind: 'openai',
    chat: async () => ({ kind: 'stream', status: 200, stream: ofBytes(bytes), end, ending }),
  }
  const config = checkConfig(
    {
      providers: { fake: { kind: 'echo' } },
      models: { small: { provider: 'fake', name: 'up' } },
      routes: { code: { models: ['small'] } },
      default_route: 'code',
      resilience: { stream },
    },
    'the test configuration',
  )
  const resilience = createResilience({ config, logger: createTestLogger().logger })
  const call = createCallUpstream({
    upstreams: { fake: upstream },
    targets: { small: { ...target, model: 'small' } },
    resilience,
    now: () => 0,
  })
  const decision = { model: 'small', route: 'code' }
  const { chain } = chosenFor(config, { body })
  return { call: () => call({ decision, chain, body, requestId, signal }), resilience, resolve }
}

const ofBytes = (bytes: Uint8Array) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(bytes)
      controller.close()
    },
  })

it('gives place and outcome back with the last byte, though the tokens are still being counted', async () => {
  const { call, resilience, resolve } = setup('live')
  await call()
  expect(resilience.health().providers[0]?.active).toBe(1)
  const ending: StreamEnding = { outcome: 'interrupted', errorCode: 'upstream_interrupted' }
  resolve(ending)
  await new Promise(setImmediate)
  expect(resilience.health()).toMatchObject({
    providers: [{ active: 0 }],
    targets: [{ failures: 1 }],
  })
})

it('replays a held-back stream though its tokens are still being counted', async () => {
  const { call, resolve } = setup('buffered')
  resolve({ outcome: 'served', errorCode: null })
  const result = await call()
  if (result.kind === 'error') throw result.error
  expect(await drain(asStream(result.reply).stream)).toEqual({
    text: 'data: [DONE]\n\n',
    error: null,
  })
})

import { expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { createCountedEmbeddings } from '../../src/routing/counted-embeddings.ts'
import type { Embeddings } from '../../src/routing/embeddings.ts'
import type { EmbeddingFacts } from '../../src/telemetry/metrics.ts'

const { signal } = new AbortController()
const request = { body: { input: 'a text' }, requestId: 'r', signal }

const createSubject = (upstream: Embeddings['embedUpstream']) => {
  const told: EmbeddingFacts[] = []
  let nowMs = 0
  const inner: Embeddings = {
    localModel: 'tiny',
    isLocal: (model) => model === 'tiny',
    localDimensions: () => 2,
    embedLocally: async (texts) => ({ vectors: texts.map(() => Float32Array.of(1, 0)), tokens: 5 }),
    embedUpstream: upstream,
  }
  const embeddings = createCountedEmbeddings({
    embeddings: inner,
    onEmbedding: (facts) => told.push(facts),
    now: () => (nowMs += 10),
  })
  return { embeddings, told }
}

it('tells what was embedded here and at a provider', async () => {
  const { embeddings, told } = createSubject(async () => ({ usage: { prompt_tokens: 8 } }))
  expect((await embeddings.embedLocally(['a'], signal)).tokens).toBe(5)
  await embeddings.embedUpstream('large', request)
  expect(told).toEqual([
    { model: null, outcome: 'served', durationMs: 10, tokens: 5 },
    { model: 'large', outcome: 'served', durationMs: 10, tokens: 8 },
  ])
  expect(embeddings.isLocal('tiny')).toBe(true)
})

it('tells a failure from a client that left, and throws both on', async () => {
  const errors = [new RouterError('upstream_error', 'no'), new RouterError('client_closed', 'left')]
  const { embeddings, told } = createSubject(async () => {
    throw errors[told.length]
  })
  await expect(embeddings.embedUpstream('large', request)).rejects.toBe(errors[0])
  await expect(embeddings.embedUpstream('large', request)).rejects.toBe(errors[1])
  expect(told.map(({ outcome }) => outcome)).toEqual(['failed', 'client_closed'])
})

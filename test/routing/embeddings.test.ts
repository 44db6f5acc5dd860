import { describe, expect, it } from 'vitest'
import { createEmbeddings, MAX_LOCAL_TOKENS } from '../../src/routing/embeddings.ts'
import type { EmbedRequest } from '../../src/upstream/upstream.ts'
import { fakeConfig } from '../support/http-fakes.ts'

const { signal } = new AbortController()

const setUp = (changes: { model?: string; names?: string[] } = {}) => {
  const embedded: string[] = []
  const asked: EmbedRequest[] = []
  const config = fakeConfig({ encoder: { model: changes.model ?? 'models/all-MiniLM-L6-v2' } })
  const target = (name: string, provider: string) => ({
    provider,
    model: name,
    upstreamName: `${name}-up`,
    price: { input: null, output: null },
  })
  const embeddings = createEmbeddings({
    config,
    encoder: {
      dimensions: () => 2,
      embed: async (text) => {
        embedded.push(text)
        return text.startsWith('b') ? Float32Array.of(0, 1) : Float32Array.of(1, 0)
      },
    },
    upstreams: {
      real: {
        kind: 'openai',
        embed: async (request) => {
          asked.push(request)
          return { data: [] }
        },
      },
      demo: { kind: 'echo' },
    },
    targets: Object.fromEntries([
      ['emb', target('emb', 'real')],
      ['small', target('small', 'demo')],
      ...(changes.names ?? []).map((name) => [name, target(name, 'real')]),
    ]),
  })
  return { embeddings, embedded, asked }
}

describe('the local encoder', () => {
  it('is asked by its folder’s name, local or auto, unless a configured model is called so', () => {
    const { embeddings } = setUp({ names: ['local'] })
    expect(embeddings.localModel).toBe('all-MiniLM-L6-v2')
    const names = ['all-MiniLM-L6-v2', 'auto', 'local', 'emb', 'toString']
    expect(names.map(embeddings.isLocal)).toEqual([true, true, false, false, false])
    expect(setUp().embeddings.isLocal('local')).toBe(true)
  })

  it('cuts a single word that is longer than it reads', async () => {
    const { embeddings, embedded } = setUp()
    const word = 'a'.repeat(10_000)
    await embeddings.embedLocally([word, '7'.repeat(3_000)], signal)
    expect(embedded.join('')).toBe(word + '7'.repeat(3_000))
    expect(Math.max(...embedded.map((piece) => piece.length))).toBeLessThanOrEqual(1_000)
  })

  it('reads a short text whole', async () => {
    const { embeddings, embedded } = setUp()
    const { vectors, tokens } = await embeddings.embedLocally(['a short text', 'b'], signal)
    expect(embedded).toEqual(['a short text', 'b'])
    expect(vectors).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)])
    expect(tokens).toBeGreaterThanOrEqual(2 + 4)
  })

  it('reads all of a long text, in pieces whose mean by length has the length 1', async () => {
    const { embeddings, embedded } = setUp()
    const words = ['a'.repeat(5), ...Array.from({ length: 900 }, (_, i) => `word${i}`)]
    const { vectors } = await embeddings.embedLocally([words.join(' ')], signal)
    expect(embedded.length).toBeGreaterThan(3)
    expect(embedded.join(' ').split(' ')).toEqual(words)
    const [x = 0, y = 0] = vectors[0] ?? []
    expect(Math.hypot(x, y)).toBeCloseTo(1, 6)
  })

  it('weighs pieces by their length', async () => {
    const { embeddings, embedded } = setUp()
    const text = `${'alpha '.repeat(100).trim()} ${'beta '.repeat(400).trim()}`
    const { vectors } = await embeddings.embedLocally([text], signal)
    const share = embedded.filter((piece) => piece.startsWith('b')).join(' ').length / text.length
    const [x = 0, y = 0] = vectors[0] ?? []
    expect(y / (x + y)).toBeCloseTo(share, 1)
  })

  it('refuses more than it can do in one request', async () => {
    const { embeddings, embedded } = setUp()
    const text = 'word '.repeat(MAX_LOCAL_TOKENS / 2)
    await expect(embeddings.embedLocally([text, text], signal)).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'input',
    })
    expect(embedded).toEqual([])
  })
})

describe('a configured model', () => {
  const request = { body: { input: 'x' }, requestId: 'r', signal }

  it('is asked at its provider', async () => {
    const { embeddings, asked } = setUp()
    await embeddings.embedUpstream('emb', request)
    expect(asked).toMatchObject([{ target: { upstreamName: 'emb-up' }, body: { input: 'x' } }])
  })

  it('is refused by name where its provider gives no embeddings', async () => {
    const { embeddings } = setUp()
    await expect(embeddings.embedUpstream('small', request)).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'model',
      message: expect.stringContaining('echo'),
    })
  })

  it.each(['nope', 'toString'])('that is not there is not found: %s', async (model) => {
    const { embeddings } = setUp()
    await expect(embeddings.embedUpstream(model, request)).rejects.toMatchObject({
      code: 'model_not_found',
    })
  })
})

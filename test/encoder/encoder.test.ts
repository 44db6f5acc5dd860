// One table of what every encoder must do, run against each implementation.
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCachedEncoder } from '../../src/encoder/cached.ts'
import type { Encoder } from '../../src/encoder/encoder.ts'
import { ensureModel } from '../../src/encoder/ensure-model.ts'
import { createSupervisedEncoder } from '../../src/encoder/supervised.ts'
import { createTransformersEncoder } from '../../src/encoder/transformers.ts'
import { cosine, createRecordingLogger, encoderConfig, PUBLISHED, sideCosine } from './support.ts'

const config = encoderConfig({ threads: 1 })
const logger = createRecordingLogger()
const patient = { deadlineMs: 20_000 }

const implementations: [string, () => Promise<Encoder>][] = [
  ['transformers', () => createTransformersEncoder(config)],
  ['supervised', () => createSupervisedEncoder({ config, logger })],
  [
    'cached',
    async () =>
      createCachedEncoder({
        encoder: await createSupervisedEncoder({ config, logger }),
        size: 100,
      }),
  ],
]

beforeAll(async () => {
  await ensureModel(config, logger)
})

describe.each(implementations)('the %s encoder', (_, create) => {
  let encoder: Encoder
  beforeAll(async () => {
    encoder = await create()
  })
  afterAll(() => encoder.close())

  it('gives finite rows that begin with an embedding of unit length for any text', async () => {
    const texts = [
      'hello',
      '',
      ' ',
      '😀',
      '\ud800',
      '\0',
      '[CLS][SEP][MASK]',
      '中文',
      'z'.repeat(99),
    ]
    for (const text of texts) {
      const vector = await encoder.embed(text, patient)
      expect(vector).toHaveLength(encoder.dimensions)
      expect(cosine(vector, vector)).toBeCloseTo(1, 5)
      expect(vector.every(Number.isFinite)).toBe(true)
    }
  })

  it('gives the same vector alone and among fifteen others', async () => {
    const alone = await encoder.embed('undo my last git commit', patient)
    const texts = Array.from({ length: 15 }, (_, at) => `${'something else '.repeat(at * 3)}${at}`)
    const [among] = await Promise.all(
      ['undo my last git commit', ...texts].map((text) => encoder.embed(text, patient)),
    )
    expect(cosine(alone, among as Float32Array)).toBeGreaterThanOrEqual(0.9999)
    expect(sideCosine(alone, among as Float32Array)).toBeGreaterThanOrEqual(0.9999)
  })

  it('comes within 0.03 of the published similarities in int8', async () => {
    const vectors: Float32Array[] = []
    for (const sentence of PUBLISHED.sentences) vectors.push(await encoder.embed(sentence, patient))
    for (const [a, b, published] of PUBLISHED.similarities) {
      const similarity = cosine(vectors[a] as Float32Array, vectors[b] as Float32Array)
      expect(Math.abs(similarity - published)).toBeLessThan(0.03)
    }
  })

  it('reads a special token in a prompt as ordinary text', async () => {
    const special = await encoder.embed('[SEP] hello [CLS]', patient)
    const ordinary = await encoder.embed('[ SEP] hello [ CLS]', patient)
    expect(cosine(special, ordinary)).toBeGreaterThanOrEqual(0.9999)
  })

  it('says how long a row is, and how much of it is searched', () => {
    expect(encoder).toMatchObject({ dimensions: 1_152, searchDimensions: 384 })
  })

  it('does not start for a caller who has left already', async () => {
    const signal = AbortSignal.abort(new Error('left'))
    await expect(encoder.embed('hello', { signal })).rejects.toThrow('left')
  })
})

// Only Linux tells a process its threads. Those that read files were started when the model's files were checked.
it.skipIf(process.platform !== 'linux')('starts as many threads as it is told to', async () => {
  const before = readdirSync('/proc/self/task').length
  const encoder = await createTransformersEncoder(encoderConfig({ threads: 4 }))
  // The first of the four is the one that calls.
  expect(readdirSync('/proc/self/task').length - before).toBe(3)
  await encoder.close()
})

it('gives prompts of as many tokens the same rows in one run as alone, to the last bit', async () => {
  const encoder = await createTransformersEncoder(config)
  expect(encoder.sharesRuns).toBe(true)
  for (const repeats of [0, 1, 2, 5]) {
    const prompts = ['first', 'next', 'last', 'best', 'worst'].map((word) =>
      encoder.prepare(`${'the old town by the sea '.repeat(repeats)}is the ${word} one`),
    )
    const rows = await encoder.embedAll(prompts)
    for (const [at, prompt] of prompts.entries()) {
      expect(rows[at]).toEqual((await encoder.embedAll([prompt]))[0])
    }
  }
  await encoder.close()
})

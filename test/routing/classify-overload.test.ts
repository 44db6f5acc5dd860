// O07: more prompts than the encoder can take cost no prompt its answer.
import { expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { createClassify } from '../../src/routing/classify.ts'
import { createStopwatch } from '../../src/routing/stopwatch.ts'

it('names a full encoder queue as what degraded the decision, instead of failing', async () => {
  const classify = createClassify({
    encoder: {
      embed: () => Promise.reject(new RouterError('encoder_overloaded', 'The queue is full.')),
    },
    generation: () => null,
    neighbours: 10,
  })
  const text = { text: 'hi', digest: 'd', isTruncated: false, hasSignal: true, flags: [] }
  expect(await classify(text, createStopwatch())).toMatchObject({
    classification: null,
    degradedBy: 'encoder_overloaded',
  })
})

it('reads the words of a refused prompt after those of prompts that the encoder takes', async () => {
  const order: string[] = []
  const classify = createClassify({
    encoder: {
      embed: (asked) =>
        asked === 'refused'
          ? Promise.reject(new RouterError('encoder_overloaded', 'The queue is full.'))
          : Promise.resolve(new Float32Array(1)),
    },
    generation: () => null,
    neighbours: 10,
  })
  const ask = async (asked: string): Promise<void> => {
    const text = { text: asked, digest: asked, isTruncated: false, hasSignal: true, flags: [] }
    await classify(text, createStopwatch())
    order.push(asked)
  }
  await Promise.all(['refused', 'first', 'second'].map(ask))
  expect(order).toEqual(['first', 'second', 'refused'])
})

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

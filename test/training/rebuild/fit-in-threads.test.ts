import { describe, expect, it } from 'vitest'
import { fitClassifier } from '../../../src/core/classifier/fit.ts'
import { fitInThreads } from '../../../src/training/rebuild/fit-in-threads.ts'
import { clustered, vectorOf } from '../../support/clustered-training.ts'

const options = { seed: 5 }
const FROM_THE_FIRST_ROW = 0

describe('a fit on two threads', () => {
  it.each([
    ['four folds', { code: 40, math: 30, none: 10 }],
    [
      'one fold of many routes',
      Object.fromEntries([...Array(41).keys()].map((i) => [`r${i}`, 98])),
    ],
    ['too few exemplars to hold any out', { code: 3, math: 3 }],
  ])('comes out like one on a single thread: %s', async (_, counts) => {
    const set = clustered(counts, 1)
    const texts = set.routes.map((route, i) => `${route} number ${i % 7}`)
    const copies = { vectors: vectorOf(set, 1), texts: ['a copy'], origins: [1] }
    const training = { ...set, texts, copies }
    const fitted = await fitInThreads(training, options, FROM_THE_FIRST_ROW)
    expect(fitted).toEqual(fitClassifier(training, options))
  })
})

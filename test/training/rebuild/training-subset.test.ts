import { expect, it } from 'vitest'
import { trainingSubset } from '../../../src/training/rebuild/training-subset.ts'

const set = {
  ...{ dimensions: 2, searchDimensions: 1 },
  vectors: Float32Array.of(0, 1, 2, 3, 4, 5),
  routes: ['a', 'b', 'c'],
  texts: ['x', 'y', 'z'],
  copies: {
    vectors: Float32Array.of(10, 11, 12, 13),
    texts: ['copy of z', 'copy of y'],
    origins: [2, 1],
  },
}

it('takes rows with the copies that were made of them', () => {
  const { copies, vectors, routes, texts } = trainingSubset(set, [0, 2])
  expect({ routes, texts }).toEqual({ routes: ['a', 'c'], texts: ['x', 'z'] })
  expect([...vectors]).toEqual([0, 1, 4, 5])
  expect({ ...copies, vectors: [...copies.vectors] }).toEqual({
    ...{ vectors: [10, 11], texts: ['copy of z'], origins: [1] },
  })
})

it('leaves a set without copies without them', () => {
  const { copies: _copies, ...plain } = set
  expect(trainingSubset(plain, [1])).not.toHaveProperty('copies')
})

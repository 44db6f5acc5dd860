import { describe, expect, it } from 'vitest'
import { confusionMatrix } from '../../../src/core/classifier/confusion-matrix.ts'
import type { EvaluationRow } from '../../../src/core/classifier/evaluate.ts'
import { suspectLabels } from '../../../src/quality/evaluation/label-noise.ts'
import { nearDuplicates } from '../../../src/quality/evaluation/near-duplicates.ts'

describe('likely mislabelled rows', () => {
  const labels = ['a', 'a', 'b', 'b']
  const unseen = [
    { row: 0, route: 'a', confidence: 0.9, ownProbability: 0.9 },
    { row: 1, route: 'b', confidence: 0.95, ownProbability: 0.04 },
    { row: 2, route: 'b', confidence: 0.7, ownProbability: 0.7 },
    { row: 3, route: 'a', confidence: 0.45, ownProbability: 0.4 },
  ]

  it('come by how much more probable the other route is', () => {
    expect(suspectLabels(unseen, labels).map(({ row, label }) => [row, label])).toEqual([
      [1, 'a'],
      [3, 'b'],
    ])
  })

  it('are likely wrong from what rows of the other route usually have for it', () => {
    // Rows of b have (0.7 + 0.4) / 2 = 0.55 for b; rows of a (0.9 + 0.04) / 2 = 0.47 for a.
    expect(suspectLabels(unseen, labels).map(({ isLikelyWrong }) => isLikelyWrong)).toEqual([
      true,
      false,
    ])
  })
})

describe('near-duplicates across routes', () => {
  it('lists each pair once, the nearest first, and none within a route', () => {
    const similarity = [
      [1, 0.95, 0.93, 0.5],
      [0.95, 1, 0.99, 0.96],
      [0.93, 0.99, 1, 0.2],
      [0.5, 0.96, 0.2, 1],
    ]
    const pairs = nearDuplicates({
      routes: ['a', 'b', 'b', 'a'],
      from: 0.94,
      neighboursOf: (row) =>
        (similarity[row] as number[]).map((value, position) => ({ position, similarity: value })),
    })
    expect(pairs).toEqual([
      { rows: [1, 3], routes: ['b', 'a'], similarity: 0.96 },
      { rows: [0, 1], routes: ['a', 'b'], similarity: 0.95 },
    ])
  })
})

describe('the confusion matrix', () => {
  const row = (label: string, route: string | null): EvaluationRow => ({
    label,
    route,
    top: route,
    confidence: 1,
  })

  it('holds every row once, abstentions and none of the above last', () => {
    const rows = [row('b', 'a'), row('a', 'a'), row('oos', 'b'), row('none', null), row('a', null)]
    expect(confusionMatrix(rows)).toEqual({
      names: ['a', 'b', 'none'],
      counts: [
        [1, 0, 1],
        [1, 0, 0],
        [0, 1, 1],
      ],
    })
  })

  it('keeps names that look like object members', () => {
    expect(confusionMatrix([row('__proto__', 'constructor')])).toEqual({
      names: ['__proto__', 'constructor', 'none'],
      counts: [
        [0, 1, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    })
  })
})

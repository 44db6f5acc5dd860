import { describe, expect, it } from 'vitest'
import type { TrainingSet } from '../../../src/core/classifier/classifier.ts'
import { firstColumns, toTrainingRows } from '../../../src/core/classifier/training-rows.ts'
import { matrix, rowsOf } from '../../support/matrices.ts'

const set: TrainingSet = {
  ...{ dimensions: 2, searchDimensions: 1 },
  vectors: Float32Array.of(1, 1, 2, 2, 3, 3),
  routes: ['none', 'code', 'code'],
  texts: ['sing', 'debug', 'sort'],
  copies: { vectors: Float32Array.of(21, 21, 11, 11), texts: ['debugg', 'sin'], origins: [1, 0] },
  anchors: {
    vectors: Float32Array.of(7, 7, 8, 8, 9, 9),
    texts: ['Maths', 'Code', 'Programs'],
    routes: ['math', 'code', 'code'],
  },
}

describe('training rows', () => {
  const rows = toTrainingRows(set)

  it('are exemplars, then copies under their origin’s label, then anchors', () => {
    expect(rows.routes).toEqual(['code', 'none'])
    expect(rows.none).toBe(1)
    expect([...rows.labels]).toEqual([1, 0, 0, 0, 1, 0, 0])
    expect([...rows.origins]).toEqual([0, 1, 2, 1, 0, -1, -1])
    expect(rows.texts).toEqual(['sing', 'debug', 'sort', 'debugg', 'sin', 'Code', 'Programs'])
    expect(rowsOf(rows.rows).map(([first]) => first)).toEqual([1, 2, 3, 21, 11, 8, 9])
  })

  it('count exemplars only, and leave out anchors of routes that have none', () => {
    expect([...rows.counts]).toEqual([2, 1])
    expect(rows.texts).not.toContain('Maths')
  })

  it('are the exemplars alone where there is nothing beside them', () => {
    const { copies: _copies, anchors: _anchors, ...bare } = set
    const alone = toTrainingRows({ ...bare, routes: ['a', 'b', 'a'] })
    expect([...alone.origins]).toEqual([0, 1, 2])
    expect(alone).toMatchObject({ routes: ['a', 'b'], none: -1, split: 1 })
  })

  it('can be none', () => {
    const empty = { ...{ dimensions: 2, searchDimensions: 2 }, vectors: new Float32Array(0) }
    expect(toTrainingRows({ ...empty, routes: [], texts: [] })).toMatchObject({
      ...{ routes: [], texts: [], none: -1 },
      rows: { rows: 0 },
    })
  })
})

describe('the first columns', () => {
  const m = matrix([
    [1, 2, 3],
    [4, 5, 6],
  ])

  it('are those of every row', () => {
    expect(rowsOf(firstColumns(m, 2))).toEqual([
      [1, 2],
      [4, 5],
    ])
  })

  it('are the matrix itself where they are all', () => {
    expect(firstColumns(m, 3)).toBe(m)
  })
})

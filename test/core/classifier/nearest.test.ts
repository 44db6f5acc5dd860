import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  largestColumns,
  NEIGHBOURS,
  nearestExemplars,
} from '../../../src/core/classifier/nearest.ts'
import { matrix, naiveProduct, randomMatrix, unitRows } from '../../support/matrices.ts'

describe('the largest columns', () => {
  it('are those that sorting finds, the first of equals first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 45 }),
        (values, k) => {
          const sorted = [...values.keys()].sort(
            (a, b) => (values[b] as number) - (values[a] as number) || a - b,
          )
          expect(largestColumns(Float32Array.from(values), k)).toEqual(sorted.slice(0, k))
        },
      ),
    )
  })
})

describe('the nearest exemplars', () => {
  const embeddings = unitRows(randomMatrix(300, 8, 1))
  const rows = unitRows(randomMatrix(300, 5, 2))
  const labels = Int32Array.from({ length: 300 }, (_, i) => i % 3)
  const routes = ['a', 'b', 'c']
  const asked = {
    embeddings: unitRows(randomMatrix(270, 8, 3)),
    rows: unitRows(randomMatrix(270, 5, 4)),
  }
  const found = nearestExemplars(asked, { embeddings, rows, labels, routes }, 7)

  it('are the nearest by the embedding, best first, for every row asked', () => {
    expect(found).toHaveLength(270)
    naiveProduct(asked.embeddings, embeddings).forEach((similarities, i) => {
      const best = [...similarities].sort((a, b) => b - a).slice(0, 7)
      expect(found[i]?.map(({ similarity }) => similarity)).toEqual(
        best.map((value) => expect.closeTo(value, 5)),
      )
    })
  })

  it('carry their route and their likeness in the feature space', () => {
    const similarities = naiveProduct(asked.embeddings, embeddings)
    const alikes = naiveProduct(asked.rows, rows)
    for (const i of [0, 255, 256, 269]) {
      const nearest = found[i]?.[0]
      const values = similarities[i] as number[]
      const at = values.indexOf(Math.max(...values))
      expect(nearest).toMatchObject({ label: at % 3, route: routes[at % 3] })
      expect(nearest?.featureSimilarity).toBeCloseTo(alikes[i]?.[at] as number, 5)
    }
  })

  it('are all of them where there are fewer than asked for', () => {
    const two = {
      embeddings: matrix([
        [1, 0],
        [0, 1],
      ]),
      rows: matrix([[1], [1]]),
    }
    const [near = []] = nearestExemplars(
      { embeddings: matrix([[0.6, 0.8]]), rows: matrix([[1]]) },
      { ...two, labels: Int32Array.of(0, 1), routes },
    )
    expect(near.map(({ route }) => route)).toEqual(['b', 'a'])
    expect(NEIGHBOURS).toBeGreaterThan(2)
  })
})

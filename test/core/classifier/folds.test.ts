import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stratifiedFolds } from '../../../src/core/classifier/folds.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

/** Exemplars of some routes, then copies of some of them, then anchors. */
const drawn = fc
  .record({
    own: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 60 }),
    copies: fc.array(fc.nat(), { maxLength: 20 }),
    anchors: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
    folds: fc.integer({ min: 2, max: 6 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ own, copies, anchors, ...rest }) => {
    const sources = copies.map((copy) => copy % own.length)
    return {
      ...rest,
      own: own.length,
      labels: Int32Array.from([...own, ...sources.map((i) => own[i] as number), ...anchors]),
      origins: Int32Array.from([...own.keys(), ...sources, ...anchors.map(() => -1)]),
    }
  })

describe('folds', () => {
  it('keep copies with their exemplar and hold no anchor out', () => {
    fc.assert(
      fc.property(drawn, ({ labels, origins, folds, seed }) => {
        const fold = stratifiedFolds(labels, origins, folds, createRandom(seed))
        origins.forEach((origin, i) => {
          expect(fold[i]).toBe(origin < 0 ? -1 : fold[origin])
        })
      }),
    )
  })

  it('spread the exemplars of each route evenly', () => {
    fc.assert(
      fc.property(drawn, ({ labels, origins, own, folds, seed }) => {
        const fold = stratifiedFolds(labels, origins, folds, createRandom(seed))
        for (const route of new Set(labels.subarray(0, own))) {
          const counts = new Array<number>(folds).fill(0)
          for (let i = 0; i < own; i++) {
            if (labels[i] === route)
              counts[fold[i] as number] = (counts[fold[i] as number] ?? 0) + 1
          }
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('do not all begin with the same fold, so that small routes do not gather in it', () => {
    const single = Int32Array.from({ length: 40 }, (_, i) => i)
    const fold = stratifiedFolds(single, single, 4, createRandom(1))
    expect(new Set(fold).size).toBe(4)
  })

  it('come out the same twice under one seed, and otherwise under another', () => {
    const origins = Int32Array.from({ length: 40 }, (_, i) => i)
    const labels = origins.map((i) => i % 2)
    const under = (seed: number) => [...stratifiedFolds(labels, origins, 4, createRandom(seed))]
    expect(under(3)).toEqual(under(3))
    expect(under(3)).not.toEqual(under(4))
  })
})

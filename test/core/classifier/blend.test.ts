import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyBlend,
  BANDWIDTHS,
  chooseBlend,
  type Parts,
} from '../../../src/core/classifier/blend.ts'
import { logSoftmax, type Matrix, topTwo } from '../../../src/core/linear/matrix.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { randomMatrix, rowsOf } from '../../support/matrices.ts'

const ROWS = 120
const ROUTES = 4
const labels = Int32Array.from({ length: ROWS }, (_, i) => i % ROUTES)

/** Knows nothing. */
const noise = (seed: number): Matrix => logSoftmax(randomMatrix(ROWS, ROUTES, seed))

/** Right in nine rows of ten. */
const informed = (seed: number): Matrix => {
  const random = createRandom(seed)
  const m = randomMatrix(ROWS, ROUTES, seed)
  labels.forEach((label, i) => {
    const said = random() < 0.9 ? label : Math.floor(random() * ROUTES)
    m.data[i * ROUTES + said] = 3
  })
  return logSoftmax(m)
}

const votesOf = (vote: Matrix): Parts['votes'] =>
  BANDWIDTHS.map((bandwidth) => ({ bandwidth, vote }))

const parts = (changes: Partial<Parts> = {}): Parts => ({
  head: noise(1),
  centroid: noise(2),
  votes: votesOf(noise(3)),
  words: noise(4),
  ...changes,
})

const accuracy = (m: Matrix): number =>
  labels.reduce((sum, label, i) => sum + (topTwo(m, i)[0] === label ? 1 : 0), 0) / ROWS

const lossOf = (m: Matrix): number =>
  labels.reduce((sum, label, i) => sum - (m.data[i * ROUTES + label] as number), 0) / ROWS

describe('choosing the blend', () => {
  it.each([
    ['words', { words: informed(9) }],
    ['vote', { votes: votesOf(informed(9)) }],
    ['centroid', { centroid: informed(9) }],
  ] as const)('gives weight to the part that knows something: %s', (name, changes) => {
    const blend = chooseBlend(parts(changes), labels)
    expect(blend[name]).toBeGreaterThan(0)
    for (const other of ['words', 'vote', 'centroid'] as const) {
      if (other !== name) expect(blend[other]).toBeLessThanOrEqual(blend[name])
    }
    expect(accuracy(applyBlend(parts(changes), blend))).toBeGreaterThan(0.75)
  })

  it('prefers the kernel width whose votes are informed', () => {
    const votes = BANDWIDTHS.map((bandwidth, i) => ({
      bandwidth,
      vote: i === 1 ? informed(9) : noise(20 + i),
    }))
    expect(chooseBlend(parts({ votes }), labels).bandwidth).toBe(BANDWIDTHS[1])
  })

  it('takes the mean of weights that are about as good, not one step of the grid', () => {
    const informedVotes = parts({ head: informed(5), votes: votesOf(informed(9)) })
    const { vote } = chooseBlend(informedVotes, labels)
    expect(vote).toBeGreaterThan(0.25)
    expect(vote).toBeLessThan(2)
    expect([0.5, 1]).not.toContain(vote)
  })

  it('leaves out parts that add nothing to the head', () => {
    const head = informed(9)
    const silent = logSoftmax({ rows: ROWS, cols: ROUTES, data: new Float32Array(ROWS * ROUTES) })
    const said = { head, centroid: silent, votes: votesOf(silent), words: silent }
    expect(chooseBlend(said, labels)).toMatchObject({ vote: 0, words: 0 })
  })

  it('does without words where none were fitted', () => {
    const without = parts({ words: null })
    const blend = chooseBlend(without, labels)
    expect(blend.words).toBe(0)
    expect(applyBlend(without, blend)).toEqual(applyBlend(parts(), blend))
  })

  it('flattens a head that is too sure of itself', () => {
    const head = informed(9)
    const sure = logSoftmax({ ...head, data: head.data.map((value) => 4 * value) })
    const alone = { head: sure, centroid: sure, votes: votesOf(sure), words: null }
    const blend = chooseBlend(alone, labels)
    const at = (sharpness: number) => lossOf(applyBlend(alone, { ...blend, sharpness }))
    expect(blend.sharpness * (1 + blend.vote + blend.centroid)).toBeLessThan(0.5)
    for (const other of [0.8, 1.25]) {
      expect(at(blend.sharpness)).toBeLessThan(at(other * blend.sharpness))
    }
  })

  it('is at least as good as the head alone at any sharpness tried', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const drawn = parts({ head: informed(seed), words: informed(seed + 1) })
        const blend = chooseBlend(drawn, labels)
        const headOnly = { ...blend, vote: 0, centroid: 0, words: 0 }
        for (const sharpness of [0.5, 1, 2]) {
          const alone = lossOf(applyBlend(drawn, { ...headOnly, sharpness }))
          expect(lossOf(applyBlend(drawn, blend))).toBeLessThan(alone + 0.005)
        }
      }),
      { numRuns: 8 },
    )
  })

  it('can be made on no rows, and for a single route', () => {
    const empty = { rows: 0, cols: 2, data: new Float32Array(0) }
    const none = { head: empty, centroid: empty, votes: votesOf(empty), words: null }
    expect(chooseBlend(none, new Int32Array(0))).toMatchObject({ vote: 0, words: 0 })
    const single = { rows: 3, cols: 1, data: new Float32Array(3) }
    const one = { head: single, centroid: single, votes: votesOf(single), words: single }
    const blend = chooseBlend(one, new Int32Array(3))
    expect([...applyBlend(one, blend).data]).toEqual([0, 0, 0])
  })
})

describe('applying a blend', () => {
  it('gives rows that sum to 1, whatever the weights', () => {
    const weight = fc.double({ min: 0, max: 8, noNaN: true })
    fc.assert(
      fc.property(weight, weight, weight, weight, (vote, centroid, words, sharpness) => {
        const bandwidth = BANDWIDTHS[0] as number
        const log = applyBlend(parts(), { bandwidth, vote, centroid, words, sharpness })
        for (const row of rowsOf(log)) {
          expect(row.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 4)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('is the head itself where nothing else has a weight', () => {
    const blend = { bandwidth: 0.05, vote: 0, centroid: 0, words: 0, sharpness: 1 }
    const head = noise(1)
    applyBlend(parts({ head }), blend).data.forEach((value, i) => {
      expect(value).toBeCloseTo(head.data[i] as number, 5)
    })
  })

  it('asks the votes of its own kernel width', () => {
    const votes = BANDWIDTHS.map((bandwidth, i) => ({ bandwidth, vote: noise(30 + i) }))
    const blended = (i: number) =>
      applyBlend(parts({ votes }), {
        ...{ bandwidth: BANDWIDTHS[i] as number, vote: 1, centroid: 0, words: 0, sharpness: 1 },
      })
    expect(blended(0).data).not.toEqual(blended(1).data)
    expect(blended(2).data).toEqual(
      applyBlend(parts({ votes: votes.slice(2) }), {
        ...{ bandwidth: BANDWIDTHS[2] as number, vote: 1, centroid: 0, words: 0, sharpness: 1 },
      }).data,
    )
  })
})

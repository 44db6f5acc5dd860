import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Matrix, rowOf, stackRows, takeRows } from '../../../../src/core/linear/matrix.ts'
import { normaliseRow } from '../../../../src/core/linear/vectors.ts'
import { createRandom } from '../../../../src/core/statistics/random.ts'
import { centroidOf, claimRows } from '../../../../src/training/review/clusters/claim-rows.ts'
import { nameCluster } from '../../../../src/training/review/clusters/name-cluster.ts'
import {
  noveltyScale,
  proposeRoutes,
} from '../../../../src/training/review/clusters/propose-routes.ts'
import { freeName, routeNameLike } from '../../../../src/training/review/clusters/route-name.ts'

const WIDTH = 24
const PATTERN = /^[a-z][a-z0-9_-]{0,63}$/

const around = (axis: number, count: number, seed: number): Matrix => {
  const random = createRandom(seed)
  const data = new Float32Array(count * WIDTH)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < WIDTH; j++) {
      data[i * WIDTH + j] = (j === axis ? 1 : 0) + (random() - 0.5) * 0.5
    }
    normaliseRow(data, i * WIDTH, WIDTH)
  }
  return { rows: count, cols: WIDTH, data }
}

/** Routes along axes 0 to 3; prompts of those, novel ones along 8 and 9, and a known route's that seem novel. */
const scene = (seed: number) => {
  const rows = stackRows([
    around(0, 40, seed),
    around(1, 40, seed + 1),
    around(8, 30, seed + 2),
    around(9, 20, seed + 3),
    around(2, 20, seed + 4),
  ])
  const kindOf = (row: number) =>
    row < 80 ? 'known' : row < 110 ? 'first' : row < 130 ? 'second' : 'near'
  const routes = stackRows(
    [0, 1, 2, 3].map((axis) => {
      const exemplars = around(axis, 10, seed + 5 + axis)
      return centroidOf(exemplars, [...Array(10).keys()])
    }),
  )
  const texts = Array.from({ length: rows.rows }, (_, row) => {
    const kind = kindOf(row)
    if (kind === 'first') return `please set the kitchen timer ${row}`
    return kind === 'second' ? `is my parcel delivered ${row}` : `how do I sort list ${row}`
  })
  const novelty = Array.from({ length: rows.rows }, (_, row) => (row < 80 ? -1 : 2.5))
  return { rows, routes, texts, novelty, kindOf }
}

const propose = (seed: number, changes: Partial<Parameters<typeof proposeRoutes>[0]> = {}) => {
  const made = scene(seed)
  const proposed = proposeRoutes({
    ...made,
    isUnrouted: () => false,
    scale: noveltyScale(false),
    exemplarTexts: ['sort this list', 'please do it'],
    takenNames: ['code'],
    ...changes,
  })
  return { ...made, proposed }
}

describe('proposeRoutes', () => {
  it('finds each new kind, and does not propose a route that there is', () => {
    for (let seed = 1; seed <= 60; seed += 10) {
      const { proposed, kindOf } = propose(seed)
      const kinds = proposed.map(({ members }) => new Set(members.map(kindOf)))
      expect(kinds).toEqual([new Set(['first']), new Set(['second'])])
    }
  })

  it('names them by their words, and picks 10 to 20 exemplars from the cluster', () => {
    const { proposed } = propose(5)
    expect(proposed[0]?.name).toContain('timer')
    expect(proposed[1]?.name).toContain('parcel')
    for (const { exemplars, members, purity, name } of proposed) {
      expect(exemplars.length).toBeGreaterThanOrEqual(10)
      expect(exemplars.length).toBeLessThanOrEqual(20)
      expect(exemplars.every((row) => members.includes(row))).toBe(true)
      expect(purity).toBeGreaterThan(0.9)
      expect(name).toMatch(PATTERN)
    }
  })

  it('numbers them where no text is stored', () => {
    const texts = Array<string>(150).fill('')
    const { proposed } = propose(5, { texts, takenNames: ['route_1'] })
    expect(proposed.map(({ name }) => name)).toEqual(['route_1_2', 'route_2'])
  })

  it('proposes nothing where nothing is novel, and nothing of nothing', () => {
    expect(propose(5, { novelty: Array<number>(150).fill(-1) }).proposed).toEqual([])
    const empty: Matrix = { rows: 0, cols: WIDTH, data: new Float32Array() }
    expect(propose(5, { rows: empty, texts: [], novelty: [] }).proposed).toEqual([])
  })
})

describe('claimRows', () => {
  it('gives back what a route is nearer to, and takes what was missed', () => {
    const rows = stackRows([around(0, 20, 1), around(5, 20, 2)])
    const wrong = [[...Array(8).keys(), ...Array.from({ length: 12 }, (_, i) => 20 + i)]]
    const routes = centroidOf(rows, [...Array(20).keys()])
    const options = { lead: 0.03, floor: 0.4, leastRows: 5, rounds: 3, isOpen: () => true }
    const [members = []] = claimRows(rows, wrong, routes, options)
    expect(members).toEqual(Array.from({ length: 20 }, (_, i) => 20 + i))
  })

  it('drops a cluster that a route covers', () => {
    const rows = around(0, 20, 1)
    const all = [...Array(20).keys()]
    const options = { lead: 0.03, floor: 0.4, leastRows: 5, rounds: 1, isOpen: () => true }
    expect(claimRows(rows, [all], centroidOf(rows, all), options)).toEqual([])
    expect(rowOf(takeRows(rows, [3]), 0)).toEqual(rowOf(rows, 3))
  })
})

describe('nameCluster', () => {
  it('gives a name that a route may have, or none', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }), (texts) => {
        const { name } = nameCluster(texts, ['the common words'])
        if (name !== null) expect(name).toMatch(PATTERN)
      }),
    )
  })

  it('says a word once, and leaves out what is common everywhere', () => {
    const texts = ['cancel my booking', 'cancel the bookings today', 'please cancel this booking']
    const others = ['show my account today', 'please pay this bill', 'open the account']
    expect(nameCluster(texts, others).words).toEqual(['cancel', 'booking'])
  })

  it('has nothing to say of texts that are not stored', () => {
    expect(nameCluster(['', ''], ['a text'])).toEqual({ words: [], name: null })
  })
})

describe('route names', () => {
  it('keep letters of a to z, also of words with accents', () => {
    expect(routeNameLike(['Zählerstand', '24', 'Abo'])).toBe('zahlerstand_24_abo')
    expect(routeNameLike(['24', '雨'])).toBe(null)
  })

  it('are free, and short enough with their number', () => {
    expect(freeName('timer', new Set(['timer', 'timer_2']))).toBe('timer_3')
    const long = 'x'.repeat(64)
    expect(freeName(long, new Set([long]))).toMatch(PATTERN)
  })
})

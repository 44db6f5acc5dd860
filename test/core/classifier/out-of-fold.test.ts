// The modules that fit and search are spied on, not replaced: what they are given is what must not leak.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Grams, packedGrams } from '../../../src/core/classifier/lexical.ts'
import { areWordsTried, planFolds, scoreFolds } from '../../../src/core/classifier/out-of-fold.ts'
import { type TrainingRows, toTrainingRows } from '../../../src/core/classifier/training-rows.ts'
import { type Matrix, topTwo } from '../../../src/core/linear/matrix.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { BARE, clustered, DIMENSIONS, vectorOf } from '../../support/clustered-training.ts'

const seen = vi.hoisted(() => ({
  /** First number of every row that a head was fitted on, by fold. */
  heads: [] as number[][],
  texts: [] as Grams[][],
  neighbours: [] as number[][],
}))

const firsts = (m: Matrix): number[] =>
  Array.from({ length: m.rows }, (_, i) => m.data[i * m.cols] as number)

vi.mock('../../../src/core/classifier/dense-head.ts', async (original) => {
  const real = await original<typeof import('../../../src/core/classifier/dense-head.ts')>()
  return {
    ...real,
    fitDenseHead: (...args: Parameters<typeof real.fitDenseHead>) => {
      seen.heads.push(firsts(args[0]))
      return real.fitDenseHead(...args)
    },
  }
})

vi.mock('../../../src/core/classifier/word-head.ts', async (original) => {
  const real = await original<typeof import('../../../src/core/classifier/word-head.ts')>()
  return {
    ...real,
    fitWordHead: (...args: Parameters<typeof real.fitWordHead>) => {
      seen.texts.push([...args[0]])
      return real.fitWordHead(...args)
    },
  }
})

vi.mock('../../../src/core/classifier/nearest.ts', async (original) => {
  const real = await original<typeof import('../../../src/core/classifier/nearest.ts')>()
  return {
    ...real,
    nearestExemplars: (...args: Parameters<typeof real.nearestExemplars>) => {
      seen.neighbours.push(firsts(args[1].rows))
      return real.nearestExemplars(...args)
    },
  }
})

afterEach(() => {
  for (const list of Object.values(seen)) list.length = 0
})

/** Every text is its own; row i of the space begins with i. */
const drawn = (counts: Record<string, number>, copiedRows: readonly number[]) => {
  const set = clustered(counts, 1)
  const rows = toTrainingRows({
    ...set,
    texts: set.routes.map((_, i) => `text ${i}`),
    copies: {
      vectors: Float32Array.from(copiedRows.flatMap((row) => [...vectorOf(set, row)])),
      texts: copiedRows.map((row) => `copy of ${row}`),
      origins: [...copiedRows],
    },
    anchors: { vectors: vectorOf(set, 0), texts: ['anchor'], routes: [set.routes[0] as string] },
  })
  const data = rows.rows.data.slice()
  for (let i = 0; i < rows.rows.rows; i++) data[i * DIMENSIONS] = i
  return { rows, space: { ...rows.rows, data } }
}

const scoreOutOfFold = (...plan: Parameters<typeof planFolds>) => scoreFolds(planFolds(...plan))

const optionsFor = (rows: TrainingRows) => ({
  seed: 3,
  descriptions: null,
  grams: areWordsTried(rows) ? packedGrams(rows.texts) : null,
})

const originOf = ({ origins }: TrainingRows, row: number): number => origins[row] as number

describe('scoring out of fold', () => {
  const { rows, space } = drawn({ code: 20, math: 20, none: 8 }, [0, 5, 25, 47, 5])
  const anchor = rows.rows.rows - 1

  it('scores every exemplar and every copy once, and no anchor', () => {
    const { exemplars, copies } = scoreOutOfFold(rows, space, optionsFor(rows))
    const scored = exemplars.flatMap((fold) => [...fold.rows]).sort((a, b) => a - b)
    expect(scored).toEqual([...Array(48).keys()])
    expect(copies.flatMap((fold) => [...fold.rows]).sort((a, b) => a - b)).toEqual([
      48, 49, 50, 51, 52,
    ])
  })

  it('fits no part on a held-out exemplar or on a copy of one, and every part on the anchor', () => {
    const { exemplars } = scoreOutOfFold(rows, space, optionsFor(rows))
    expect(seen.heads).toHaveLength(exemplars.length)
    exemplars.forEach((fold, f) => {
      const held = new Set(fold.rows)
      const trained = seen.heads[f] as number[]
      expect(trained.filter((row) => held.has(originOf(rows, row)))).toEqual([])
      expect(trained).toContain(anchor)
      const texts = packedGrams(trained.map((row) => rows.texts[row] as string))
      expect(seen.texts[f]).toEqual(texts)
      const left = rows.rows.rows - trained.length
      expect(left).toBe(
        held.size + [...rows.origins.subarray(48)].filter((o) => held.has(o)).length,
      )
    })
  })

  it('finds only exemplars as neighbours, none of them held out, for copies as well', () => {
    const { exemplars } = scoreOutOfFold(rows, space, optionsFor(rows))
    exemplars.forEach((fold, f) => {
      const held = new Set(fold.rows)
      for (const found of seen.neighbours.slice(2 * f, 2 * f + 2)) {
        expect(found.every((row) => row < 48 && !held.has(row))).toBe(true)
        expect(found).toHaveLength(48 - held.size)
      }
    })
  })

  it('judges copies by the parts that judged their exemplar', () => {
    const { exemplars, copies } = scoreOutOfFold(rows, space, optionsFor(rows))
    copies.forEach((fold, f) => {
      const held = new Set(exemplars[f]?.rows)
      for (const row of fold.rows) expect(held.has(originOf(rows, row))).toBe(true)
    })
  })

  it('learns enough without a fold to recognise it', () => {
    const plain = toTrainingRows(clustered({ code: 20, math: 20, none: 8 }, 1))
    const { exemplars } = scoreOutOfFold(plain, plain.rows, optionsFor(plain))
    const right = exemplars.flatMap(({ rows: held, evidence }) =>
      [...held].filter((row, i) => topTwo(evidence.head, i)[0] === plain.labels[row]),
    )
    expect(right.length).toBeGreaterThan(45)
  })

  it('comes out the same twice under one seed', () => {
    const logits = () =>
      scoreOutOfFold(rows, space, optionsFor(rows)).exemplars.map((f) => f.evidence.logits.data)
    expect(logits()).toEqual(logits())
  })
})

describe('beyond four thousand exemplars', () => {
  const n = 4_002
  /** A hundred `none` rows, the others spread over so many routes; rows 0 and 1 have a copy each. */
  const many = (inScope: number) => {
    const random = createRandom(2)
    const routes = Array.from({ length: n }, (_, i) => (i < 100 ? 'none' : `r${i % inScope}`))
    return toTrainingRows({
      ...BARE,
      vectors: Float32Array.from({ length: n * DIMENSIONS }, () => random() - 0.5),
      routes,
      texts: routes.map(() => ''),
      copies: {
        vectors: new Float32Array(2 * DIMENSIONS).fill(0.1),
        texts: ['', ''],
        origins: [0, 1],
      },
    })
  }

  it('holds out half of the exemplars of few routes, in three folds', () => {
    const rows = many(2)
    const { exemplars } = scoreOutOfFold(rows, rows.rows, optionsFor(rows))
    expect(exemplars).toHaveLength(3)
    const held = exemplars.flatMap((fold) => [...fold.rows])
    expect(new Set(held).size).toBe(held.length)
    expect(held.length / n).toBeCloseTo(1 / 2, 2)
    expect(held.filter((row) => row < 100).length).toBeCloseTo(50, -1)
  })

  it('holds out one sixth of many routes, and every other of few none exemplars with its copies', () => {
    const rows = many(40)
    const { exemplars, copies } = scoreOutOfFold(rows, rows.rows, optionsFor(rows))
    expect(exemplars).toHaveLength(1)
    const held = [...(exemplars[0]?.rows ?? [])]
    const none = held.filter((row) => row < 100)
    expect(none).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i))
    expect((held.length - none.length) / (n - 100)).toBeCloseTo(1 / 6, 2)
    expect([...(copies[0]?.rows ?? [])]).toEqual([n])
  })
})

describe('words', () => {
  it('are tried where rows times routes are few enough', () => {
    const set = (n: number, routes: number) => ({
      ...drawn({ a: 2 }, []).rows,
      rows: { rows: n, cols: 1, data: new Float32Array(0) },
      routes: Array.from({ length: routes }, (_, i) => `r${i}`),
    })
    expect(areWordsTried(set(10_000, 16))).toBe(true)
    expect(areWordsTried(set(10_000, 17))).toBe(false)
  })
})

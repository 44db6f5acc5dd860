import { describe, expect, it } from 'vitest'
import { classifyByWords, fitWordsAlone } from '../../../src/core/classifier/words-alone.ts'
import { logSoftmax, type Matrix } from '../../../src/core/linear/matrix.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

const ROUTES = ['code', 'math', 'none']
const NONE = 2

/** Rows whose best route is `best[i]`, ahead by `lead[i]`. */
const logOf = (best: number[], lead: number[]): Matrix => {
  const data = new Float32Array(best.length * ROUTES.length)
  best.forEach((route, i) => {
    data[i * ROUTES.length + route] = lead[i] as number
  })
  return logSoftmax({ rows: best.length, cols: ROUTES.length, data })
}

/** Words that are right where they are far ahead, and guess where they are not. */
const drawn = (n: number) => {
  const random = createRandom(4)
  const best = Array.from({ length: n }, () => (random() < 0.5 ? 0 : 1))
  const lead = best.map(() => 4 * random())
  const labels = Int32Array.from(best, (route, i) =>
    (lead[i] as number) > 2 || random() < 0.5 ? route : 1 - route,
  )
  return { log: logOf(best, lead), labels, full: labels, none: NONE }
}

describe('the words alone', () => {
  const fitted = fitWordsAlone(drawn(2_000))

  it('decide from the confidence on at which they agree with the full decision', () => {
    expect(fitted?.agreement).toBeGreaterThanOrEqual(0.9)
    // Every row that is far ahead is right, and a tenth of the others may come with them.
    expect(fitted?.share).toBeGreaterThan(0.45)
    expect(fitted?.share).toBeLessThan(0.75)
  })

  it('take a prompt that they are sure of, with its confidence, and no other', () => {
    if (!fitted) throw new Error('nothing was fitted')
    const by = (route: number, lead: number) =>
      classifyByWords(fitted, ROUTES, { log: logOf([route], [lead]), none: NONE })
    const sure = by(1, 4)
    expect(sure?.scores.map(({ route }) => route)[0]).toBe('math')
    expect(sure?.confidence).toBeGreaterThan(0.9)
    expect(sure?.margin).toBeCloseTo((sure?.scores[0]?.score ?? 0) - (sure?.scores[1]?.score ?? 0))
    expect(by(1, 0.1)).toBeNull()
  })

  it('never decide that a prompt belongs nowhere', () => {
    if (!fitted) throw new Error('nothing was fitted')
    expect(classifyByWords(fitted, ROUTES, { log: logOf([NONE], [9]), none: NONE })).toBeNull()
  })

  it('decide nothing where they agree too rarely, or on too few rows to tell', () => {
    const set = drawn(2_000)
    expect(fitWordsAlone({ ...set, full: set.labels.map((label) => 1 - label) })).toBeNull()
    expect(fitWordsAlone(drawn(30))).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { PERTURBATIONS } from '../../src/core/perturb/perturb.ts'
import { ADVERSARIAL_SUFFIXES } from '../../src/quality/evaluation/perturb-adversarial.ts'
import { flipHeadline, type MeasureFlipsInput, measureFlips } from '../../src/training/flip-rate.ts'

const TEXTS = Array.from(
  { length: 8 },
  (_, i) => `I've got list number ${i}. What is the best way to sort lists?`,
)
const ROUTES = ['code', 'code', 'code', 'code', 'code', 'math', 'math', null]

/** One number for each text: its length. */
const embed: MeasureFlipsInput['embed'] = async (texts) =>
  Float32Array.from(texts, (text) => text.length)

const input = (changes: Partial<MeasureFlipsInput> = {}): MeasureFlipsInput => ({
  texts: TEXTS,
  routes: ROUTES,
  embed,
  decide: () => 'code',
  seed: 7,
  perRoute: 3,
  ...changes,
})

describe('measureFlips', () => {
  it('counts a pair as flipped exactly where its route differs from that of the plain text', async () => {
    const report = await measureFlips(input())
    expect(report.byRoute.code?.rate).toBe(0)
    expect(report.byRoute.math?.rate).toBe(1)
    expect(report.byRoute.none?.rate).toBe(1)
    const { pairs, flips, rate } = report.overall
    expect(flips).toBe((report.byRoute.math?.pairs ?? 0) + (report.byRoute.none?.pairs ?? 0))
    expect(rate).toBe(flips / pairs)
  })

  it('samples no more texts of a route than it is told to', async () => {
    const { pairs } = await measureFlips(input({ perRoute: 2 }))
    const sources = new Set(pairs.filter(({ from }) => from === 'code').map(({ source }) => source))
    expect(sources.size).toBe(2)
  })

  it('tries every kind, and keeps adversarial suffixes out of the flip rate', async () => {
    const report = await measureFlips(input())
    expect(Object.keys(report.byKind).sort()).toEqual(PERTURBATIONS.map(({ name }) => name).sort())
    expect(Object.keys(report.adversarial.byKind).sort()).toEqual(
      ADVERSARIAL_SUFFIXES.map(({ name }) => name).sort(),
    )
    const plain = report.pairs.filter(({ isAdversarial }) => !isAdversarial)
    expect(report.overall.pairs).toBe(plain.length)
    expect(report.adversarial.overall.pairs).toBe(report.pairs.length - plain.length)
  })

  it('spreads a budget of kinds over the texts so that each is drawn', async () => {
    const texts = Array.from(
      { length: 30 },
      (_, i) => `I've got list number ${i}. What is the best way to sort lists?`,
    )
    const routes = texts.map(() => 'code')
    const report = await measureFlips(input({ texts, routes, perRoute: 30, kindsPerText: 2 }))
    expect(report.pairs.length).toBeLessThanOrEqual(30 * 4)
    expect(Object.keys(report.byKind)).toHaveLength(PERTURBATIONS.length)
  })

  it('hands each rewriting to the decision with its own row', async () => {
    const seen: [string, number][] = []
    const decide = (text: string, row: Float32Array) => {
      seen.push([text, row[0] as number])
      return row.length === 1 ? 'code' : 'math'
    }
    const { pairs } = await measureFlips(input({ decide }))
    expect(seen).toEqual(pairs.map(({ text }) => [text, text.length]))
  })

  it('never counts a rewriting that left the text as it was', async () => {
    const { pairs } = await measureFlips(input())
    expect(pairs.filter(({ text, source }) => text === TEXTS[source])).toEqual([])
  })

  it('is the same under the same seed', async () => {
    expect(await measureFlips(input())).toEqual(await measureFlips(input()))
    expect(await measureFlips(input())).not.toEqual(await measureFlips(input({ seed: 8 })))
  })

  it('has no rate where there is nothing to measure', async () => {
    const report = await measureFlips(input({ texts: [], routes: [] }))
    expect(report.overall).toEqual({ pairs: 0, flips: 0, rate: null })
    expect(flipHeadline(report)).toEqual({ flipPairs: 0 })
  })
})

it('a headline holds rates by name and no text', async () => {
  const figures = flipHeadline(await measureFlips(input()))
  expect(figures['flipRate.route.math']).toBe(1)
  expect(figures['flipRate.kind.typos']).toBeGreaterThan(0)
  expect(JSON.stringify(figures)).not.toContain('list number')
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareReportOf } from '../../../scripts/report/eval/compare.ts'
import { comparisonPage } from '../../../scripts/report/page/comparison-page.ts'
import { evaluationPage } from '../../../scripts/report/page/evaluation-page.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { escaped, html } from '../../../src/dashboard/charts/html.ts'
import { ticksTo } from '../../../src/dashboard/charts/plot.ts'
import { type EvalReport, evalReportOf } from '../../../src/quality/evaluation/eval-report.ts'
import type { Prediction } from '../../../src/quality/evaluation/evaluate-file.ts'
import { flipReport } from '../../../src/quality/evaluation/flips.ts'
import { type PairReport, pairReport } from '../../../src/quality/evaluation/pairs.ts'
import { realisedRisk } from '../../../src/quality/evaluation/realised-risk.ts'

const HOSTILE =
  '</title></svg></style><script>alert(1)</script><img src=x onerror="a()">\'"&\u0000\ud800'

const hostilePredictions = (count: number): Prediction[] =>
  Array.from({ length: count }, (_, i) => ({
    text: `${HOSTILE} ${i}`,
    label: i % 3 === 0 ? 'oos' : `${HOSTILE}${i % 4}`,
    top: `${HOSTILE}${i % 5}`,
    route: i % 2 === 0 ? null : `${HOSTILE}${i % 5}`,
    confidence: (i % 10) / 10,
    scores: {},
    novelty: i === 0 ? Number.POSITIVE_INFINITY : i / count,
    similarities: [],
    knnRoute: HOSTILE,
    tags: { also: [], style: [HOSTILE], language: [], source: [] },
  }))

const hostileReport = (): EvalReport => {
  const predictions = hostilePredictions(40)
  const random = createRandom(1)
  const flips = flipReport(
    predictions.map(({ label, route }, row) => {
      const routes = { before: route, after: null, knnBefore: 'x', knnAfter: HOSTILE }
      return { row, kind: HOSTILE, label, ...routes }
    }),
    random,
  )
  const pair = { label: null, a: null, b: 'x', topA: 'x', topB: 'x', knnA: null, knnB: null }
  const suspect = { row: 0, label: HOSTILE, predicted: HOSTILE, text: HOSTILE }
  return {
    ...evalReportOf({
      trainedOn: { file: HOSTILE, rows: 1 },
      test: HOSTILE,
      predictions,
      noneSets: [{ name: HOSTILE, predictions }],
      seed: 1,
      groupings: ['style', 'length'],
    }),
    flips: { perturbed: flips, adversarial: flips },
    pairs: { ...(pairReport([pair], random) as PairReport), file: HOSTILE },
    conformal: realisedRisk(predictions, { risk: 0.5, delta: 0.1, seed: 1 }),
    audit: {
      rows: 1,
      disagreements: 1,
      likelyWrong: 1,
      suspects: [{ ...suspect, confidence: 1, ownProbability: 0, isLikelyWrong: true }],
      duplicatePairs: 1,
      duplicates: [
        {
          rows: [0, 1],
          routes: [HOSTILE, HOSTILE],
          similarity: 0.99,
          texts: [HOSTILE, HOSTILE],
        },
      ],
      duplicatesFrom: 0.92,
    },
  }
}

/** Tags as a parser would find them, text taken out. */
const tagsOf = (page: string): string[] => page.match(/<[a-z!/][^>]*>/gi) ?? []

const VOID = new Set(['meta', 'wbr', 'img', 'br', '!doctype'])

/** Names of the tags that were opened and not closed in their order; empty for well-formed markup. */
const unbalanced = (page: string): string[] => {
  const open: string[] = []
  for (const tag of tagsOf(page)) {
    const name =
      tag
        .replace(/^<\/?/, '')
        .split(/[\s/>]/)[0]
        ?.toLowerCase() ?? ''
    if (VOID.has(name) || tag.endsWith('/>')) continue
    if (!tag.startsWith('</')) open.push(name)
    else if (open.pop() !== name) return [...open, tag]
  }
  return open
}

const PAGES: [string, () => string][] = [
  ['an evaluation', () => evaluationPage(hostileReport())],
  [
    'a comparison',
    () => {
      const [first, second] = [hostilePredictions(30), hostilePredictions(30)]
      for (const row of second) row.route = row.route === null ? HOSTILE : null
      const sides = [
        { name: HOSTILE, rows: first },
        { name: HOSTILE, rows: second },
      ] as const
      return comparisonPage(compareReportOf(...sides, 1))
    },
  ],
]

describe.each(PAGES)('the page of %s', (_, make) => {
  const page = make()

  it('holds no tag that a prompt or a name brought along', () => {
    const tags = tagsOf(page)
    expect(tags.filter((tag) => /^<\/?(script|img)/i.test(tag))).toEqual([])
    expect(tags.filter((tag) => /\son\w+\s*=/i.test(tag.replace(/"[^"]*"/g, '""')))).toEqual([])
    expect(unbalanced(page)).toEqual([])
  })

  it('loads nothing, and forbids it', () => {
    expect(page.includes('content="default-src &#39;none&#39;;')).toBe(true)
    expect(page.match(/\b(src|xlink:href)\s*=\s*["']?(?!x)/i)).toBeNull()
    expect(page.match(/url\(|@import|https?:\/\//i)).toBeNull()
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target as string)
    for (const link of links) expect(page.includes(`id="${link.slice(1)}"`)).toBe(true)
  })

  it('has no NaN or undefined in it, and can be written as UTF-8', () => {
    expect(page.match(/NaN|undefined|\[object/)).toBeNull()
    expect(page.isWellFormed()).toBe(true)
    expect(page.includes('\u0000')).toBe(false)
  })
})

describe('an evaluation of little', () => {
  it('is a page too', () => {
    const predictions = hostilePredictions(2).slice(1)
    const report = evalReportOf({
      trainedOn: { generation: 1 },
      test: 't',
      predictions,
      noneSets: [],
      seed: 1,
    })
    const page = evaluationPage(report)
    expect(unbalanced(page)).toEqual([])
    expect(page.match(/NaN|undefined/)).toBeNull()
  })
})

describe('markup', () => {
  it('escapes every text, in content and in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...HOSTILE, 'a', 'é') }), (text) => {
        expect(escaped(text)).not.toMatch(/[<>"']/)
        expect(escaped(text)).not.toContain('\u0000')
        expect(html`<b title="${text}">${text}</b>`.markup).toMatch(
          /^<b title="[^<>"]*">[^<>]*<\/b>$/,
        )
      }),
    )
  })
})

describe('ticks', () => {
  it('start at nothing, reach the greatest value and are few', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), (max) => {
        const ticks = ticksTo(max)
        expect(ticks[0]).toBe(0)
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-6))
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        expect(ticks.length).toBeLessThanOrEqual(6)
      }),
    )
  })
})

describe('the ring of the thresholds', () => {
  const row = (label: string, top: string | null, route: string | null): Prediction => ({
    ...(hostilePredictions(1)[0] as Prediction),
    ...{ label, top, route },
  })
  const reportOf = (predictions: Prediction[]) =>
    evalReportOf({
      ...{ trainedOn: { generation: 3 }, test: 'test.jsonl', predictions, noneSets: [], seed: 1 },
      made: { version: '9.8.7', at: '2026-01-02T03:04:05.000Z' },
    })

  it('counts what the curve counts: that no route fits is an answer, to be unsure is none', () => {
    const rows = [
      row('a', 'a', 'a'),
      row('b', 'a', 'a'),
      row('none', 'none', null),
      row('a', 'a', null),
    ]
    expect(reportOf(rows).riskCoverage.inForce).toEqual({ coverage: 0.75, risk: 1 / 3 })
    expect(reportOf([row('a', 'a', null)]).riskCoverage.inForce).toBeNull()
  })

  it('stands on a page that says which generation was measured, by which version and when', () => {
    const text = evaluationPage(reportOf([row('a', 'a', 'a')]))
    expect(text).toContain('class="ring"')
    expect(text).toContain('Generation 3')
    expect(text).toContain('Made by signalbox eval 9.8.7 at 2026-01-02T03:04:05.000Z.')
  })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { auditTraining } from '../../../src/quality/evaluation/audit.ts'
import { evalReportOf } from '../../../src/quality/evaluation/eval-report.ts'
import type { Prediction } from '../../../src/quality/evaluation/evaluate-file.ts'
import { noneSetReport } from '../../../src/quality/evaluation/none-sets.ts'
import { readPairs } from '../../../src/quality/evaluation/pair-file.ts'
import {
  assertSameRows,
  readPredictions,
  writePredictions,
} from '../../../src/quality/evaluation/predictions-file.ts'
import { realisedRisk } from '../../../src/quality/evaluation/realised-risk.ts'
import { rewritingsOf } from '../../../src/quality/evaluation/rewritings.ts'
import { thinned } from '../../../src/quality/evaluation/thinned.ts'
import { createExactIndex } from '../../../src/vector-index/exact.ts'
import { temporaryFolder } from '../../support/training-folder.ts'

const prediction = (more: Partial<Prediction>): Prediction => ({
  text: 'where is my card',
  label: 'a',
  top: 'a',
  route: 'a',
  confidence: 0.9,
  scores: { a: 0.9, b: 0.1 },
  novelty: 0.1,
  similarities: [],
  knnRoute: 'a',
  tags: { also: [], style: [], language: [], source: [] },
  ...more,
})

const file = async (content: string, name = 'rows.jsonl'): Promise<string> => {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return path
}

describe('the evaluation report', () => {
  const report = evalReportOf({
    trainedOn: { generation: 3 },
    test: 'test.jsonl',
    predictions: [
      prediction({}),
      prediction({ text: 'wrong', top: 'b', route: 'b', confidence: 0.8, novelty: 0.3 }),
      prediction({ text: 'odd', label: 'oos', top: 'a', route: null, novelty: 0.9 }),
    ],
    noneSets: [{ name: 'near.jsonl', predictions: [prediction({ label: 'none', novelty: 0.2 })] }],
    seed: 1,
  })

  it('reports the none rows of the test file and each none set by name', () => {
    expect(report.noneSets.map(({ name, rows, auroc }) => [name, rows, auroc])).toEqual([
      ['none rows of test.jsonl', 1, 1],
      ['near.jsonl', 1, 0.5],
    ])
  })

  it('measures the test rows alone: none sets change nothing else', () => {
    expect(report).toMatchObject({ rows: 3, noneRows: 1, accuracy: 0.5 })
    expect(report.wrongRouteRate).toBeCloseTo(1 / 3, 12)
    expect(report.matrix.counts.flat().reduce((a, b) => a + b, 0)).toBe(3)
  })

  it('lists the surest mistakes first, the out-of-scope among them', () => {
    expect(report.mistakes.map(({ text }) => text)).toEqual(['odd', 'wrong'])
  })

  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })
})

describe('none sets', () => {
  it('have no detection figures where no in-scope row is there to tell them from', () => {
    const outside = [prediction({ label: 'none', route: null }), prediction({ label: 'none' })]
    expect(noneSetReport('far', outside, [])).toMatchObject({
      auroc: null,
      recallAt95: null,
      turnedAway: 0.5,
      roc: [],
      histogram: [],
    })
  })

  it('count every row in the histogram, also those that were never compared', () => {
    const inside = Array.from({ length: 50 }, (_, i) => prediction({ novelty: i / 50 }))
    const outside = [
      prediction({ label: 'none', novelty: Number.POSITIVE_INFINITY }),
      prediction({ label: 'none', novelty: 0.9 }),
    ]
    const { histogram } = noneSetReport('far', outside, inside)
    expect(histogram.reduce((sum, bar) => sum + bar.inside, 0)).toBeCloseTo(1, 9)
    expect(histogram.reduce((sum, bar) => sum + bar.outside, 0)).toBeCloseTo(1, 9)
  })
})

describe('pairs of a file', () => {
  it('have a route where the file names one', async () => {
    const path = await file('{"a":"x","b":"y","route":"code"}\n\n{"a":"x","b":"z"}\n')
    expect(await readPairs(path)).toEqual([
      { a: 'x', b: 'y', route: 'code' },
      { a: 'x', b: 'z', route: null },
    ])
  })

  it.each([
    ['{"a":"x"}', 'rows.jsonl:1: is not of the form'],
    ['{"a":"x","b":"y"}\nnonsense', 'rows.jsonl:2: is not valid JSON'],
    ['', 'has no pairs'],
  ])('refuse %s', async (content, message) => {
    await expect(readPairs(await file(content))).rejects.toThrow(message)
  })
})

describe('predictions in a file', () => {
  it('come back as they were written', async () => {
    const path = await file('')
    await writePredictions(path, [prediction({}), prediction({ route: null, top: null })])
    const [first, second] = await readPredictions(path)
    expect(first).toMatchObject({ text: 'where is my card', label: 'a', confidence: 0.9 })
    expect(second).toMatchObject({ route: null, top: null })
  })

  it('are refused by line where they are no predictions', async () => {
    await expect(readPredictions(await file('{"text":"x","label":"y"}'))).rejects.toThrow(
      'rows.jsonl:1: expected a line of a file that eval --predictions wrote',
    )
    await expect(readPredictions('/nowhere.jsonl')).rejects.toThrow('/nowhere.jsonl')
  })

  it('must be of the same rows to be compared, and the first that differs is named', () => {
    const rows = [
      { text: 'x', label: 'a' },
      { text: 'y', label: 'b' },
    ]
    const named = (name: string, of: typeof rows) => ({ name, rows: of })
    expect(() => assertSameRows(named('A', rows), named('B', [...rows]))).not.toThrow()
    expect(() => assertSameRows(named('A', rows), named('B', rows.slice(0, 1)))).toThrow(
      'row 2 is missing (2 and 1 rows)',
    )
    const other = [rows[0] as (typeof rows)[0], { text: 'y', label: 'c' }]
    expect(() => assertSameRows(named('A', rows), named('B', other))).toThrow(
      'row 2 has another text or label',
    )
  })
})

describe('rewritings', () => {
  const texts = Array.from({ length: 30 }, (_, i) => `Where is my card number ${i}, please?`)
  const options = { prompts: 5, seed: 4, routes: ['cards', 'rates'] }

  it('are of a seeded sample, each different from its original, the misleading ones marked', () => {
    const rewritings = rewritingsOf(texts, options)
    expect(rewritingsOf(texts, options)).toEqual(rewritings)
    expect(new Set(rewritings.map(({ row }) => row)).size).toBe(5)
    for (const { row, text } of rewritings) expect(text).not.toBe(texts[row])
    expect(new Set(rewritings.map(({ isAdversarial }) => isAdversarial))).toEqual(
      new Set([true, false]),
    )
    expect(rewritingsOf(texts, { ...options, seed: 5 })).not.toEqual(rewritings)
  })
})

describe('the audit of training rows', () => {
  it('shows doubtful labels and twins of two routes with their texts', () => {
    const vectors = Float32Array.from([1, 0, 0.995, 0.0999, 0, 1])
    const set = {
      vectors,
      dimensions: 2,
      searchDimensions: 2,
      routes: ['a', 'b', 'b'],
      texts: ['', '', ''],
    }
    const index = createExactIndex(set)
    const unseen = [{ row: 1, route: 'a', confidence: 0.9, ownProbability: 0.05 }]
    const audit = auditTraining({ texts: ['one', 'two', 'three'], set, index }, unseen)
    expect(audit).toMatchObject({ rows: 3, disagreements: 1, duplicatePairs: 1 })
    expect(audit.suspects[0]).toMatchObject({ text: 'two', label: 'b', predicted: 'a' })
    expect(audit.duplicates[0]).toMatchObject({ routes: ['a', 'b'], texts: ['one', 'two'] })
  })
})

describe('the realised risk', () => {
  it('keeps the stated bound on rows whose confidence is right, the same for the same seed', () => {
    const random = createRandom(2)
    const rows = Array.from({ length: 400 }, () => {
      const confidence = 0.5 + random() / 2
      const top = random() < confidence ? 'a' : 'b'
      return prediction({ confidence, top, route: top })
    })
    const options = { risk: 0.1, delta: 0.1, seed: 7 }
    const check = realisedRisk(rows, options)
    expect(check).toMatchObject({ splits: 200, risk: 0.1, delta: 0.1 })
    expect(check?.kept).toBeGreaterThanOrEqual(0.9)
    expect(realisedRisk(rows, options)).toEqual(check)
  })
})

describe('curves of a report', () => {
  it('are thinned to the points asked for, with both ends', () => {
    const points = Array.from({ length: 1000 }, (_, i) => i)
    const thin = thinned(points, 50)
    expect(thin).toHaveLength(50)
    expect([thin[0], thin.at(-1)]).toEqual([0, 999])
    expect(thinned([1, 2], 50)).toEqual([1, 2])
  })
})

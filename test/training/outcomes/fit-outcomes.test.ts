// What is learned from kept outcomes, what the gate says of it, and what is left out of it.
import { describe, expect, it } from 'vitest'
import { rowOf } from '../../../src/core/linear/matrix.ts'
import { outcomeRow, textCounts } from '../../../src/core/outcomes/outcome-row.ts'
import { openOutcomes, packOutcomes } from '../../../src/core/outcomes/outcomes-file.ts'
import type { EvaluatedPrompt, ServedExample } from '../../../src/core/records/model-outcome.ts'
import { fitOutcomes } from '../../../src/training/outcomes/fit-outcomes.ts'
import { gatherOutcomes, outcomesDigest } from '../../../src/training/outcomes/gather-outcomes.ts'
import { judgeRoute } from '../../../src/training/outcomes/outcomes-gate.ts'
import { DIMENSIONS, MODELS, madeOutcomes } from '../../support/made-outcomes.ts'

const evaluatedOf = (count: number, changes: Partial<EvaluatedPrompt> = {}): EvaluatedPrompt[] => {
  const { rows, table } = madeOutcomes(count, 1)
  return Array.from({ length: count }, (_, i) => ({
    id: `o_${String(i).padStart(4, '0')}`,
    label: table.labels[i] as string,
    text: null,
    embedding: outcomeRow(rowOf(rows, i), textCounts('a prompt')),
    encoderId: 'made',
    scores: Object.fromEntries(MODELS.map((m, j) => [m, rowOf(table.scores, i)[j] as number])),
    costs: Object.fromEntries(MODELS.map((m, j) => [m, rowOf(table.costs, i)[j] as number])),
    ...{ principal: 'key-1', createdAtMs: 1 },
    ...changes,
  }))
}

const served = (n: number, changes: Partial<ServedExample> = {}): ServedExample => ({
  ...{
    id: `d_${n}`,
    route: 'prose',
    model: 'dear',
    flaw: null,
    costUsd: 0.02,
    score: 1,
    weight: 1,
  },
  ...{ text: 'a prompt', selection: null, encoderId: 'made' },
  embedding: rowOf(madeOutcomes(2, n).rows, 0),
  ...changes,
})

const gather = (
  evaluated: readonly EvaluatedPrompt[],
  examples: readonly ServedExample[] = [],
  models: readonly string[] = MODELS,
) =>
  gatherOutcomes({
    store: {
      listEvaluatedPrompts: async ({ limit, after }) =>
        evaluated.filter(({ id }) => after === undefined || id > after).slice(0, limit),
      listServedExamples: async ({ limit, before }) =>
        before === undefined ? examples.slice(0, limit) : [],
    },
    ...{ encoderId: 'made', dimensions: DIMENSIONS, models, nominalUsd: () => 0.005 },
  })

const AIM = { route: 'any', models: MODELS, quality: 0.98 }
const fitMade = async (aims = [AIM]) =>
  fitOutcomes(await gather(evaluatedOf(600)), { aims, split: DIMENSIONS, seed: 1 })

describe('what is learned', () => {
  it('keeps a target on prompts that it has not seen, at less than the best model costs', async () => {
    const fitted = await fitMade()
    expect(fitted?.report).toMatchObject({ verdict: 'passed', models: MODELS, prompts: 600 })
    const [route] = fitted?.report.routes ?? []
    expect(route?.best.model).toBe('dear')
    expect(route?.quality).toBeGreaterThan(0.9 * (route?.best.quality ?? 1))
    expect(route?.costUsd).toBeLessThan(0.85 * (route?.best.costUsd ?? 0))
    expect(fitted?.report.heldOut).toBeGreaterThan(100)
    expect(fitted?.report.heldOut).toBeLessThan(200)
  })

  it('tells the kinds of prompts apart once it is written and read', async () => {
    const fitted = await fitMade()
    const learned = openOutcomes(packOutcomes(fitted?.artefact as never))
    const { rows } = madeOutcomes(2, 77)
    const qualityOf = (i: number) =>
      learned.predict(outcomeRow(rowOf(rows, i), textCounts('x'))).quality
    expect(qualityOf(0)[0]).toBeGreaterThan(qualityOf(0)[1] as number)
    expect(qualityOf(1)[1]).toBeGreaterThan(qualityOf(1)[0] as number)
  })

  it('is nothing of fewer prompts than leave something to measure on', async () => {
    const kept = await gather(evaluatedOf(100))
    expect(fitOutcomes(kept, { aims: [AIM], split: DIMENSIONS, seed: 1 })).toBeNull()
  })
})

describe('outcomes that are learned from', () => {
  it('are of models with enough of them, and of two at least', async () => {
    expect((await gather(evaluatedOf(60), [], ['dear', 'verse', 'other']))?.table.models).toEqual([
      'dear',
      'verse',
    ])
    expect(await gather(evaluatedOf(60), [], ['dear', 'other'])).toBeNull()
  })

  it('leave out another encoder’s rows, faint votes and prompts that nothing can be counted in', async () => {
    const kept = await gather(
      [
        ...evaluatedOf(60),
        { ...(evaluatedOf(1)[0] as EvaluatedPrompt), id: 'o_x', encoderId: 'b' },
      ],
      [
        served(1),
        served(2, { weight: 0.2, score: 0 }),
        served(3, { text: null }),
        served(4, {
          text: null,
          selection: { learned: { counts: [...textCounts('x')] } } as never,
        }),
        served(5, { score: null, weight: 0, flaw: 'refused' }),
        served(6, { embedding: null }),
      ],
    )
    expect(kept?.ids.filter((id) => id.startsWith('d_'))).toEqual(['d_1', 'd_4', 'd_5'])
    expect(kept?.foreign).toBe(2)
    const at = kept?.ids.indexOf('d_5') as number
    expect([...rowOf(kept?.table.scores as never, at)]).toEqual([Number.NaN, Number.NaN, 0])
  })

  it('cost what the model usually costs, times how dear the prompt was elsewhere, where nobody says', async () => {
    const kept = await gather(evaluatedOf(60), [served(1)])
    const at = kept?.ids.indexOf('d_1') as number
    const [prose, , dear] = rowOf(kept?.table.costs as never, at)
    expect(dear).toBeCloseTo(0.02, 6)
    // The dear model usually costs 0.01.
    expect((prose as number) / 0.001).toBeCloseTo((dear as number) / 0.0102, 1)
  })

  it('have the same digest as long as they are the same', async () => {
    const digest = async (count: number) => {
      const kept = await gather(evaluatedOf(count))
      return kept && outcomesDigest(kept)
    }
    expect(await digest(60)).toBe(await digest(60))
    expect(await digest(60)).not.toBe(await digest(61))
  })
})

it('is refused where a price that keeps the target on some prompts loses it on others', () => {
  const rows = 200
  const matrix = (at: (row: number, model: number) => number) => ({
    ...{ rows, cols: 2 },
    data: Float32Array.from({ length: rows * 2 }, (_, n) => at(n >> 1, n & 1)),
  })
  const judged = judgeRoute(
    { route: 'any', quality: 1 },
    {
      estimates: { quality: matrix((_, m) => 0.6 + 0.1 * m), cost: matrix((_, m) => 0.001 + m) },
      table: {
        models: ['cheap', 'dear'],
        scores: matrix((row, m) => (m === 1 || row % 2 === 0 ? 1 : 0)),
        costs: matrix((_, m) => 0.001 + m),
        labels: Array.from({ length: rows }, () => ''),
      },
    },
  )
  expect(judged).toMatchObject({ verdict: 'refused', best: { model: 'dear', quality: 1 } })
  expect(judged.reason).toContain('falls short')
})

// Stored outcomes → the training table of the outcome model: evaluated prompts, and served requests that were scored or refused, for
// models with enough outcomes. A served request has the score of one model; the others' scores are unknown.
import { createHash } from 'node:crypto'
import type { Matrix } from '../../core/linear/matrix.ts'
import { outcomeRow, TEXT_COUNTS, textCounts } from '../../core/outcomes/outcome-row.ts'
import type { OutcomeTable } from '../../core/outcomes/outcome-table.ts'
import type { EvaluatedPrompt, ServedExample } from '../../core/records/model-outcome.ts'
import type { Store } from '../../store/store.ts'
import { readEvaluated, readExamples } from './read-kept.ts'

export interface GatherOptions {
  store: Pick<Store, 'listEvaluatedPrompts' | 'listServedExamples'>
  encoderId: string
  dimensions: number
  /** Models that can be selected. */
  models: readonly string[]
  /** Cost of a usual answer by the model's prices, used where no outcome has a cost; null where prices are unknown. */
  nominalUsd: (model: string) => number | null
}

export interface KeptOutcomes {
  ids: string[]
  /** From `outcomeRows`. */
  rows: Matrix
  /** True for a served request, false for an imported prompt. */
  isServed: boolean[]
  table: OutcomeTable
  /** Number of rows by another encoder, which are left out. */
  foreign: number
}

/** Least number of scored answers of a model. */
const LEAST_OF_MODEL = 50
const MOST_EVALUATED = 10_000
const MOST_SERVED = 5_000
/** Least weight of the votes: an explicit vote weighs 1; an implicit one alone is not enough. */
const LEAST_WEIGHT = 1

/** One prompt with its known scores and costs. */
interface Row {
  id: string
  label: string
  /** Of `outcomeRows`. */
  row: Float32Array
  isServed: boolean
  scores: Record<string, number>
  costs: Record<string, number>
}

/** Counts of the text; from the decision's record where the text is not stored. */
const countsOf = ({ text, selection }: ServedExample): Float32Array | null => {
  const kept = selection?.learned?.counts
  if (kept) return Float32Array.from(kept)
  return text === null ? null : textCounts(text)
}

const ofServed = (one: ServedExample): Row[] => {
  const score = one.weight >= LEAST_WEIGHT ? one.score : one.flaw === 'refused' ? 0 : null
  const counts = countsOf(one)
  if (score === null || counts === null || !one.embedding) return []
  const { id, route: label, model, costUsd } = one
  const costs = costUsd === null || costUsd === 0 ? {} : { [model]: costUsd }
  const row = outcomeRow(one.embedding, counts)
  return [{ id, label, row, isServed: true, scores: { [model]: score }, costs }]
}

const ofEvaluated = ({ id, label, embedding: row, scores, costs }: EvaluatedPrompt): Row => ({
  ...{ id, label, row, isServed: false, scores, costs },
})

const readRows = async ({ store, encoderId, dimensions }: GatherOptions) => {
  const own = <T extends { encoderId: string | null; embedding: Float32Array | null }>(
    found: readonly T[],
    length: number,
  ): T[] => found.filter((one) => one.encoderId === encoderId && one.embedding?.length === length)
  const evaluated: EvaluatedPrompt[] = []
  for await (const prompt of readEvaluated(store)) {
    evaluated.push(prompt)
    if (evaluated.length === MOST_EVALUATED) break
  }
  const served = await readExamples(store, MOST_SERVED)
  const kept = {
    evaluated: own(evaluated, dimensions + TEXT_COUNTS),
    served: own(served, dimensions),
  }
  const foreign = evaluated.length + served.length - kept.evaluated.length - kept.served.length
  // Sorted by id, so that the same outcomes give the same fit.
  const rows: Row[] = [...kept.evaluated.map(ofEvaluated), ...kept.served.flatMap(ofServed)]
  return { foreign, rows: rows.sort((a, b) => (a.id < b.id ? -1 : 1)) }
}

const has = (values: Record<string, number>, model: string): boolean => Object.hasOwn(values, model)

const matrixOf = (rows: number, cols: number, at: (i: number, j: number) => number): Matrix => ({
  rows,
  cols,
  data: Float32Array.from({ length: rows * cols }, (_, n) => at(Math.floor(n / cols), n % cols)),
})

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Fills unknown costs: the model's mean cost × how expensive the prompt was with other models. */
const fillingCosts = (
  rows: readonly Row[],
  models: readonly string[],
  nominalUsd: GatherOptions['nominalUsd'],
) => {
  const usual = new Map(
    models.map((model) => {
      const known = rows.flatMap((row) =>
        has(row.costs, model) ? [row.costs[model] as number] : [],
      )
      return [model, known.length > 0 ? mean(known) : nominalUsd(model)]
    }),
  )
  // An unknown cost counts as the highest one.
  const dearest = Math.max(0, ...[...usual.values()].map((cost) => cost ?? 0))
  const usualOf = (model: string): number => usual.get(model) ?? dearest
  const factorOf = ({ costs }: Row): number => {
    const logs = Object.entries(costs).flatMap(([model, cost]) =>
      cost > 0 && usualOf(model) > 0 ? [Math.log(cost / usualOf(model))] : [],
    )
    return Math.exp(mean(logs))
  }
  return (row: Row, model: string): number => usualOf(model) * factorOf(row)
}

/** Null where fewer than two models have enough outcomes. @throws RouterError `store_unavailable` */
export const gatherOutcomes = async (options: GatherOptions): Promise<KeptOutcomes | null> => {
  const { rows: found, foreign } = await readRows(options)
  const counts = (model: string) => found.filter(({ scores }) => has(scores, model)).length
  const models = options.models.filter((model) => counts(model) >= LEAST_OF_MODEL)
  if (models.length < 2) return null
  const rows = found.filter(({ scores }) => models.some((model) => has(scores, model)))
  const costOf = fillingCosts(rows, models, options.nominalUsd)
  const at = (i: number, j: number) => ({ row: rows[i] as Row, model: models[j] as string })
  const fill = (value: (row: Row, model: string) => number) =>
    matrixOf(rows.length, models.length, (i, j) => {
      const { row, model } = at(i, j)
      return value(row, model)
    })
  const cols = options.dimensions + TEXT_COUNTS
  const data = new Float32Array(rows.length * cols)
  for (const [i, { row }] of rows.entries()) data.set(row, i * cols)
  return {
    ids: rows.map(({ id }) => id),
    rows: { rows: rows.length, cols, data },
    isServed: rows.map(({ isServed }) => isServed),
    table: {
      models,
      labels: rows.map(({ label }) => label),
      scores: fill((row, model) => row.scores[model] ?? Number.NaN),
      costs: fill((row, model) => row.costs[model] ?? costOf(row, model)),
    },
    foreign,
  }
}

/** Digest of the outcomes: shows whether a rebuild would learn anything new. */
export const outcomesDigest = ({ ids, table }: KeptOutcomes): string =>
  createHash('sha256')
    .update(JSON.stringify([ids, table.models, table.labels]))
    .update(Buffer.from(table.scores.data.buffer))
    .update(Buffer.from(table.costs.data.buffer))
    .digest('hex')

// What `select: learned` adds to a decision: 20 models and 10,000 outcomes of random numbers, ranked with and without estimates. Nothing
// is fitted, because how long a product takes does not depend on what is in it.

import { checkConfig } from '../../../src/config/load-config.ts'
import type { Matrix } from '../../../src/core/linear/matrix.ts'
import { normaliseRow } from '../../../src/core/linear/vectors.ts'
import type { OutcomeModel } from '../../../src/core/outcomes/outcome-model.ts'
import { createOutcomePredictor, withNearby } from '../../../src/core/outcomes/outcome-predictor.ts'
import { TEXT_COUNTS } from '../../../src/core/outcomes/outcome-row.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { createRankModels } from '../../../src/routing/rank-models.ts'
import { MOST_NEARBY } from '../../../src/training/outcomes/fit-outcomes.ts'
import { median, quantile } from '../summary.ts'

const MODELS = 20
const OUTCOMES = 10_000
const KINDS = 14
const SPLIT = 384
const DIMENSIONS = 1_152
const TIMES = 1_000

const random = createRandom(1)
const floats = (length: number): Float32Array => Float32Array.from({ length }, () => random() - 0.5)
const matrix = (rows: number, cols: number): Matrix => ({ rows, cols, data: floats(rows * cols) })

const names = Array.from({ length: MODELS }, (_, i) => `model-${i}`)

const madeModel = (): OutcomeModel => {
  const embeddings = matrix(OUTCOMES, SPLIT)
  for (let i = 0; i < OUTCOMES; i++) normaliseRow(embeddings.data, i * SPLIT, SPLIT)
  const features = DIMENSIONS + TEXT_COUNTS
  const weights = { kind: 0.3, ridge: 0.4, near: 0.3 }
  const whole: OutcomeModel = {
    models: names,
    blend: { level: weights, lead: weights, bends: names.map(() => 0.1), square: 0.01 },
    smearing: new Float64Array(MODELS).fill(1),
    familiarity: { low: 0.3, high: 0.4 },
    parts: {
      space: {
        encoder: { mean: floats(DIMENSIONS), split: SPLIT, scale: [1, 1] },
        means: floats(TEXT_COUNTS),
        factors: floats(TEXT_COUNTS),
      },
      nearby: {
        embeddings,
        deviations: matrix(OUTCOMES, MODELS),
        known: { ...matrix(OUTCOMES, MODELS), data: new Float32Array(OUTCOMES * MODELS).fill(1) },
      },
      kinds: {
        head: { weights: matrix(KINDS, features), bias: floats(KINDS) },
        deviations: matrix(MODELS, KINDS),
      },
      quality: matrix(MODELS, features),
      cost: matrix(MODELS, features),
      means: { quality: new Float64Array(MODELS), cost: new Float64Array(MODELS) },
    },
  }
  return withNearby(
    whole,
    Int32Array.from({ length: MOST_NEARBY }, (_, i) => i),
  )
}

const configOf = (select: string) =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: Object.fromEntries(
        names.map((name, i) => [
          name,
          {
            ...{ provider: 'demo', name, input_usd_per_million: i + 1 },
            output_usd_per_million: 3 * (i + 1),
          },
        ]),
      ),
      routes: { any: { models: names, select } },
      default_route: 'any',
    },
    'the bench',
  )

const heldOut = () => {
  const rows = 300
  return {
    labels: Array.from({ length: rows }, () => ''),
    ...{
      quality: matrix(rows, MODELS),
      halfWidth: matrix(rows, MODELS),
      cost: matrix(rows, MODELS),
    },
    ...{ scores: matrix(rows, MODELS), costs: matrix(rows, MODELS) },
  }
}

export interface SpeedReport {
  balanced_p50_ms: number
  learned_p50_ms: number
  learned_p99_ms: number
  /** p50 of the pairs' differences. */
  added_p50_ms: number
}

/** One after the other of each, so that both meet the same noise. */
export const measureSpeed = (): SpeedReport => {
  const outcomes = {
    models: names,
    predict: createOutcomePredictor(madeModel()),
    heldOut: heldOut(),
  }
  const home = { route: 'any', reason: 'matched' as const, models: names }
  const body = { messages: [{ role: 'user', content: 'What is the capital of Peru? '.repeat(20) }] }
  const text = { text: body.messages[0]?.content ?? '' }
  const facts = { random, answerTokens: () => 300 }
  const [balanced, learned] = ['balanced', 'learned'].map((select) =>
    createRankModels(configOf(select), facts),
  ) as [ReturnType<typeof createRankModels>, ReturnType<typeof createRankModels>]
  const timeOf = (rank: typeof balanced): number => {
    const embedding = floats(DIMENSIONS)
    normaliseRow(embedding, 0, SPLIT)
    const startedAt = performance.now()
    rank(home, { body, prompt: { generation: { outcomes }, embedding, text } })
    return performance.now() - startedAt
  }
  for (let i = 0; i < 50; i++) timeOf(i % 2 ? balanced : learned)
  const pairs = Array.from({ length: TIMES }, () => [timeOf(balanced), timeOf(learned)] as const)
  const learnedMs = pairs.map(([, ms]) => ms)
  return {
    balanced_p50_ms: median(pairs.map(([ms]) => ms)),
    learned_p50_ms: median(learnedMs),
    learned_p99_ms: quantile(learnedMs, 0.99),
    added_p50_ms: median(pairs.map(([a, b]) => b - a)),
  }
}

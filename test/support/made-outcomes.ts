// Outcomes of made prompts: two kinds, a cheap model that is good at one of them, another that is good at the other, and a dear one
// that is good at both.
import type { Matrix } from '../../src/core/linear/matrix.ts'
import { normaliseRow } from '../../src/core/linear/vectors.ts'
import type { OutcomeTable } from '../../src/core/outcomes/outcome-table.ts'
import { createRandom, type Random } from '../../src/core/statistics/random.ts'

export const DIMENSIONS = 16
export const MODELS = ['prose', 'verse', 'dear']
export const COSTS = [0.001, 0.002, 0.01]
/** By kind of prompt. */
export const QUALITY = [
  [0.9, 0.2, 0.95],
  [0.2, 0.9, 0.9],
]

/** A row around the centre of a kind. */
export const rowOfKind = (kind: number, random: Random): Float32Array => {
  const row = Float32Array.from(
    { length: DIMENSIONS },
    (_, k) => (k === kind ? 1.5 : 0) + random() - 0.5,
  )
  normaliseRow(row, 0, DIMENSIONS)
  return row
}

/** Kinds in turn, with draws of what each model was worth. */
export const madeOutcomes = (
  count: number,
  seed: number,
): { rows: Matrix; table: OutcomeTable } => {
  const random = createRandom(seed)
  const data = new Float32Array(count * DIMENSIONS)
  const scores = new Float32Array(count * MODELS.length)
  for (let i = 0; i < count; i++) {
    data.set(rowOfKind(i % 2, random), i * DIMENSIONS)
    for (const [j, quality] of (QUALITY[i % 2] as number[]).entries())
      scores[i * MODELS.length + j] = random() < quality ? 1 : 0
  }
  const costs = Float32Array.from({ length: scores.length }, (_, at) => COSTS[at % 3] as number)
  const labels = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 'prose' : 'verse'))
  const cols = MODELS.length
  return {
    rows: { rows: count, cols: DIMENSIONS, data },
    table: {
      models: MODELS,
      labels,
      scores: { rows: count, cols, data: scores },
      costs: { rows: count, cols, data: costs },
    },
  }
}

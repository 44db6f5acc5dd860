// How often a paraphrase gets another model: pairs of prompts that mean the same, at one price.
import type { Matrix } from '../../../src/core/linear/matrix.ts'
import { lowerBounds } from '../../../src/core/outcomes/learned-outcomes.ts'
import { chooseByPrice } from '../../../src/core/outcomes/operating-point.ts'
import { estimateOutcomes, type OutcomeModel } from '../../../src/core/outcomes/outcome-model.ts'
import type { Guesses } from '../../../src/quality/evaluation/outcome-curve.ts'
import { rivalsOf } from '../../../src/quality/evaluation/outcome-rivals.ts'
import type { OutcomesToMeasure } from './outcome-sets.ts'

export interface ChosenFlips {
  learned: number
  /** By k. */
  neighbours: Record<string, number>
}

/** Share of pairs; the first prompts of all pairs stand before the second ones. */
const flipsAt = (guesses: Guesses, price: number): number => {
  const chosen = chooseByPrice(guesses, price)
  const pairs = chosen.length / 2
  let flips = 0
  for (let i = 0; i < pairs; i++) if (chosen[i] !== chosen[pairs + i]) flips++
  return flips / pairs
}

/** @param rows of the first prompts of all pairs, then of the second ones */
export const chosenFlips = (
  { train, split }: OutcomesToMeasure,
  model: OutcomeModel,
  { rows, price }: { rows: Matrix; price: number },
): ChosenFlips => {
  const empty = (): Matrix => ({
    rows: rows.rows,
    cols: model.models.length,
    data: new Float32Array(rows.rows * model.models.length),
  })
  const labels = Array<string>(rows.rows).fill('')
  const table = { models: model.models, scores: empty(), costs: empty(), labels }
  const { neighbours } = rivalsOf({ train, test: { rows, table }, split })
  return {
    learned: flipsAt(lowerBounds(estimateOutcomes(model, rows)), price),
    neighbours: Object.fromEntries(
      Object.entries(neighbours).map(([k, guesses]) => [k, flipsAt(guesses, price)]),
    ),
  }
}

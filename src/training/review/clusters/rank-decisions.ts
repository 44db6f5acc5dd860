// Which past decisions a label would teach most: where the router doubts, many prompts are alike, and a wrong route costs.

import { largestColumns } from '../../../core/classifier/nearest.ts'
import { type Matrix, rowOf } from '../../../core/linear/matrix.ts'
import { productByBlocks } from '../../../core/linear/simd/product.ts'
import type { RouteScore } from '../../../core/types.ts'
import { pickDiverse } from './pick-diverse.ts'

export interface RankedInput {
  confidence: number
  threshold: number | null
  scores: readonly RouteScore[]
  /** How often the prompt came. */
  times: number
  /** USD that hang on it, null where unknown. */
  stakeUsd: number | null
  /** Votes against it that were read off what the caller did next. */
  implicitBad: number
  /** False where it was labelled already: it counts as a neighbour only. */
  isOpen: boolean
}

export interface RankedDecision {
  row: number
  /** Product of the four. */
  worth: number
  uncertainty: number
  typicality: number
  stake: number
  /** Prompts alike, itself among them, repetitions counted. */
  similar: number
}

/** Cosine from which a label on one prompt speaks for another. */
export const ALIKE = 0.65
const DENSITY_NEIGHBOURS = 10
/** A stake counts at most so many times the usual one, and at least one part in so many. */
const STAKE_BOUND = 4
const MAX_IMPLICIT = 3

/** Entropy of the scores ÷ its greatest value for two routes, at most 1. */
const entropyOf = (scores: readonly RouteScore[]): number => {
  const bits = scores.reduce(
    (sum, { score }) => (score > 0 ? sum - score * Math.log2(score) : sum),
    0,
  )
  return Math.min(1, bits)
}

/**
 * 0 to 1: mean of the chance to be wrong and the scores' entropy; doubled, up to 1, where the confidence lies so near its
 * threshold that little decided between route and default.
 */
export const uncertaintyOf = ({
  confidence,
  threshold,
  scores,
}: Pick<RankedInput, 'confidence' | 'threshold' | 'scores'>): number => {
  const doubt = (1 - confidence + entropyOf(scores)) / 2
  const isClose = threshold !== null && threshold > 0 && Math.abs(confidence - threshold) < 0.05
  return Math.min(1, Math.max(0, isClose ? 2 * doubt : doubt))
}

/** Of each, its stake ÷ the median one within bounds; 1 where unknown. */
const stakesOf = (inputs: readonly RankedInput[]): number[] => {
  const known = inputs.flatMap(({ stakeUsd }) =>
    stakeUsd !== null && stakeUsd > 0 ? [stakeUsd] : [],
  )
  const median = known.sort((a, b) => a - b)[known.length >> 1]
  return inputs.map(({ stakeUsd }) => {
    if (stakeUsd === null || median === undefined) return 1
    return Math.min(STAKE_BOUND, Math.max(1 / STAKE_BOUND, Math.sqrt(stakeUsd / median)))
  })
}

/** Mean cosine with the nearest others, repetitions weighing in, and how many prompts are alike. */
const surroundings = (rows: Matrix, inputs: readonly RankedInput[]) => {
  const typicality = new Float64Array(rows.rows)
  const similar = new Float64Array(rows.rows)
  productByBlocks(rows, rows, (from, values) => {
    for (let i = 0; i < values.rows; i++) {
      const cosines = rowOf(values, i)
      cosines[from + i] = -1
      let alike = inputs[from + i]?.times ?? 1
      for (let j = 0; j < cosines.length; j++) {
        if ((cosines[j] as number) >= ALIKE) alike += inputs[j]?.times ?? 1
      }
      const near = largestColumns(cosines, Math.min(DENSITY_NEIGHBOURS, rows.rows - 1))
      const sum = near.reduce((total, j) => total + Math.max(0, cosines[j] as number), 0)
      typicality[from + i] = near.length > 0 ? sum / near.length : 0
      similar[from + i] = alike
    }
  })
  return { typicality, similar }
}

/**
 * The `count` decisions to look at first, in that order. Worth = uncertainty × typicality (information density, Settles
 * and Craven 2008) × stake × (1 + implicit bad votes); then greedily for being unlike what was picked.
 * @param rows unit-length embedding of each input
 */
export const rankDecisions = (
  rows: Matrix,
  inputs: readonly RankedInput[],
  count: number,
): RankedDecision[] => {
  if (rows.rows === 0) return []
  const { typicality, similar } = surroundings(rows, inputs)
  const stakes = stakesOf(inputs)
  const ranked = inputs.map((input, row): RankedDecision => {
    const uncertainty = uncertaintyOf(input)
    const [near, stake] = [typicality[row] as number, stakes[row] as number]
    const doubted = 1 + Math.min(MAX_IMPLICIT, input.implicitBad)
    const worth = input.isOpen ? uncertainty * near * stake * doubted : 0
    return { row, worth, uncertainty, typicality: near, stake, similar: similar[row] as number }
  })
  const weights = ranked.map(({ worth }) => worth)
  return pickDiverse(rows, weights, { count, apart: ALIKE }).map(
    (row) => ranked[row] as RankedDecision,
  )
}

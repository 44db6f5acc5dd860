// A fitted outcome model for one prompt after another: computes the same as `estimateOutcomes`, with everything that does not
// depend on the prompt prepared once.
import { indicesWhere, type Matrix, takeRows } from '../linear/matrix.ts'
import { createRowStore } from '../linear/simd/row-store.ts'
import { softmax } from '../linear/vectors.ts'
import { fitFamiliarity } from './familiarity.ts'
import type { Prediction } from './learned-outcomes.ts'
import { nearbyBySimilarity, nearbyScores } from './nearby-scores.ts'
import { estimatesOf, type OutcomeModel } from './outcome-model.ts'
import { rowsToOutcomeSpace } from './outcome-space.ts'
import type { FittedParts } from './quality-parts.ts'

/** @param row of `outcomeRows`: one prompt */
export type PredictOutcomes = (row: Float32Array) => Prediction

/** Of the prompts that are left out. */
const MOST_COMPARED = 500

/** The model with fewer known prompts to compare with, because a decision has about a millisecond. */
export const withNearby = (model: OutcomeModel, rows: Int32Array): OutcomeModel => {
  const { embeddings, deviations, known } = model.parts.nearby
  const nearby = {
    embeddings: takeRows(embeddings, rows),
    deviations: takeRows(deviations, rows),
    known: takeRows(known, rows),
  }
  const kept = new Set(rows)
  const others = indicesWhere(embeddings.rows, (row) => !kept.has(row)).slice(0, MOST_COMPARED)
  // What is usual is less like fewer prompts.
  const usual = fitFamiliarity(nearbyScores(nearby, takeRows(embeddings, others)).nearSimilarity)
  const familiarity = model.familiarity && (usual ?? model.familiarity)
  return { ...model, familiarity, parts: { ...model.parts, nearby } }
}

const asRow = (data: Float32Array): Matrix => ({ rows: 1, cols: data.length, data })

const createKinds = (kinds: FittedParts['kinds'], models: number) => {
  if (kinds === null) return () => new Float32Array(models)
  const { head, deviations } = kinds
  const weights = createRowStore(head.weights)
  return (features: Float32Array): Float32Array => {
    const logits = weights.dots(features).map((value, i) => value + (head.bias[i] as number))
    const shares = softmax(logits, 1)
    return Float32Array.from({ length: models }, (_, m) =>
      shares.reduce(
        (sum, share, kind) => sum + share * (deviations.data[m * deviations.cols + kind] as number),
        0,
      ),
    )
  }
}

export const createOutcomePredictor = (model: OutcomeModel): PredictOutcomes => {
  const { parts } = model
  const { space, nearby, means } = parts
  const quality = createRowStore(parts.quality)
  const cost = createRowStore(parts.cost)
  const known = createRowStore(nearby.embeddings)
  const kindOf = createKinds(parts.kinds, parts.quality.rows)
  const split = nearby.embeddings.cols
  return (row) => {
    const features = rowsToOutcomeSpace(space, asRow(row)).data
    const found = nearbyBySimilarity(nearby, known.dots(row.subarray(0, split)))
    const logCost = cost.dots(features).map((value, m) => value + (means.cost[m] as number))
    const estimates = estimatesOf(
      {
        ridge: asRow(quality.dots(features)),
        near: found.deviations,
        kind: asRow(kindOf(features)),
        ...{
          evidence: found.evidence,
          nearSimilarity: found.nearSimilarity,
          logCost: asRow(logCost),
        },
      },
      { ...model, means },
    )
    return {
      quality: estimates.quality.data,
      halfWidth: estimates.halfWidth.data,
      cost: estimates.cost.data,
    }
  }
}

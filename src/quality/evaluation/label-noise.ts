// Exemplars that are likely mislabelled: a classifier that has not seen them is sure of another route.
// Ranks training rows for a person to look at; nothing is removed on its word.

/** What a classifier fitted without this training row says of it. */
export interface UnseenPrediction {
  /** Position in the training set. */
  row: number
  /** Best route. */
  route: string
  /** Probability of `route`, 0 to 1. */
  confidence: number
  /** Probability of the route that the row is labelled with. */
  ownProbability: number
}

export interface Suspect {
  row: number
  label: string
  predicted: string
  confidence: number
  ownProbability: number
  /** True where the evidence reaches what rows of the predicted route usually have for it. */
  isLikelyWrong: boolean
}

/** Mean probability that rows of each route have for their own route. */
const usualConfidence = (
  unseen: readonly UnseenPrediction[],
  labels: readonly string[],
): Map<string, number> => {
  const sums = new Map<string, { sum: number; rows: number }>()
  for (const { row, ownProbability } of unseen) {
    const label = labels[row] as string
    const { sum, rows } = sums.get(label) ?? { sum: 0, rows: 0 }
    sums.set(label, { sum: sum + ownProbability, rows: rows + 1 })
  }
  return new Map([...sums].map(([label, { sum, rows }]) => [label, sum / rows]))
}

/**
 * Rows whose out-of-fold route differs from their label, the worst first: by how much more probable the other route is.
 * `isLikelyWrong` is the rule of confident learning (Northcutt, Jiang & Chuang 2021).
 * @param labels route of each training row
 */
export const suspectLabels = (
  unseen: readonly UnseenPrediction[],
  labels: readonly string[],
): Suspect[] => {
  const usual = usualConfidence(unseen, labels)
  const lead = (suspect: Suspect) => suspect.confidence - suspect.ownProbability
  return unseen
    .filter(({ row, route }) => labels[row] !== route)
    .map(({ row, route, confidence, ownProbability }) => ({
      row,
      label: labels[row] as string,
      predicted: route,
      confidence,
      ownProbability,
      isLikelyWrong: confidence >= (usual.get(route) ?? Number.POSITIVE_INFINITY),
    }))
    .sort((a, b) => lead(b) - lead(a) || a.row - b.row)
}

// Holm's correction for multiple tests: of twenty, one is below .05 by chance alone.

/**
 * Adjusted p-values in the order given. Rejecting those below α keeps the family-wise error rate at most α, whatever their
 * dependence (Holm 1979).
 */
export const holm = (pValues: readonly number[]): number[] => {
  const order = pValues
    .map((_, i) => i)
    .sort((a, b) => (pValues[a] as number) - (pValues[b] as number))
  const adjusted = new Array<number>(pValues.length).fill(1)
  let least = 0
  order.forEach((at, rank) => {
    const held = Math.min(1, (pValues.length - rank) * (pValues[at] as number))
    least = Math.max(least, held)
    adjusted[at] = least
  })
  return adjusted
}

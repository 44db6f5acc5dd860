// Several tests at once: one of twenty is below .05 by chance alone, so each must be held to more.

/**
 * Adjusted p-values in the order given: those below α are significant with a chance of at most α that any one of them is by
 * accident, whatever their dependence (Holm 1979).
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

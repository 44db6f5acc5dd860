// Quantiles of what is kept as counts of steps, each step a fixed ratio longer than the one before: step n is from ratio^n to
// ratio^(n+1). A quantile is the middle of its step on the scale of ratios, so it is off by half a step at most.

export interface StepCount {
  step: number
  count: number
}

/** Null where nothing was counted. `counts` in any order; those of zero or less are passed over. */
export const stepQuantile = (
  counts: readonly StepCount[],
  quantile: number,
  ratio: number,
): number | null => {
  const present = counts.filter(({ count }) => count > 0).sort((a, b) => a.step - b.step)
  const total = present.reduce((sum, { count }) => sum + count, 0)
  const rank = Math.max(1, Math.ceil(total * quantile))
  let seen = 0
  for (const { step, count } of present) {
    seen += count
    if (seen >= rank) return ratio ** (step + 0.5)
  }
  return null
}

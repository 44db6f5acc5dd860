// McNemar's test: is one router better than another on the same prompts? Only prompts that exactly one gets right count.

export interface McNemar {
  /** Rows that only the first, and that only the second, got right. */
  onlyFirst: number
  onlySecond: number
  /** Two-sided p-value: probability of a split at least this uneven if both are equally good. */
  pValue: number
}

/** ln C(n, k) for each k from 0 to `n`. */
const logChoose = (n: number): number[] => {
  const out = [0]
  for (let k = 1; k <= n; k++) out.push((out[k - 1] as number) + Math.log((n - k + 1) / k))
  return out
}

/**
 * The exact form of McNemar's test (McNemar 1947): if neither is better, the discordant rows are fair coin tosses, so the p-value
 * is twice the binomial tail, at most 1. Without the chi-square approximation, so a handful of rows is enough.
 * @throws TypeError for counts that are not integers ≥ 0
 */
export const mcnemar = (onlyFirst: number, onlySecond: number): McNemar => {
  for (const count of [onlyFirst, onlySecond]) {
    if (!Number.isInteger(count) || count < 0)
      throw new TypeError(`expected a number of rows, got ${count}`)
  }
  const n = onlyFirst + onlySecond
  const coefficients = logChoose(n)
  let tail = 0
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += Math.exp((coefficients[k] as number) - n * Math.LN2)
  }
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) }
}

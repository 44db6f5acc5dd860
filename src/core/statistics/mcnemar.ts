// Is one router better than another on the same prompts? Only prompts that one gets right and the other wrong say anything.

export interface McNemar {
  /** Rows that only the first, and only the second, got right. */
  onlyFirst: number
  onlySecond: number
  /** Chance of a split at least as uneven as this one, were both equally good; two-sided. */
  pValue: number
}

/** ln C(n, k) for each k from 0 to `n`. */
const logChoose = (n: number): number[] => {
  const out = [0]
  for (let k = 1; k <= n; k++) out.push((out[k - 1] as number) + Math.log((n - k + 1) / k))
  return out
}

/**
 * McNemar's test in its exact form (McNemar 1947): the discordant rows are coin tosses if neither is better, so the
 * p-value is twice the binomial tail, at most 1. No chi-square approximation, so a handful of rows is fine.
 * @throws TypeError for counts that are not whole and ≥ 0
 */
export const mcnemar = (onlyFirst: number, onlySecond: number): McNemar => {
  for (const count of [onlyFirst, onlySecond]) {
    if (!Number.isInteger(count) || count < 0) throw new TypeError(`${count} is no number of rows.`)
  }
  const n = onlyFirst + onlySecond
  const coefficients = logChoose(n)
  let tail = 0
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += Math.exp((coefficients[k] as number) - n * Math.LN2)
  }
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) }
}

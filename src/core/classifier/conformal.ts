// The confidence below which to abstain, so that the rate of prompts sent to a wrong route keeps to a stated bound.

export interface RiskLevel {
  /** Highest tolerated share of prompts that are answered by a wrong route. */
  readonly risk: number
  /** Probability that the bound fails. */
  readonly delta: number
  /** The bound holds for the next `horizon` prompts rather than for the long run. */
  readonly horizon?: number
}

export interface RiskThreshold {
  /** Answered where confidence ≥ threshold; infinite where no threshold keeps the bound. */
  readonly threshold: number
  /** Wrong answers on the calibration rows at that threshold, and how many rows those were. */
  readonly errors: number
  readonly rows: number
}

/** ln P(X ≤ k) for X ~ Binomial(n, p), summed in logarithms. */
export const binomialLogCdf = (k: number, n: number, p: number): number => {
  if (k >= n) return 0
  if (k < 0) return Number.NEGATIVE_INFINITY
  const [logP, logQ] = [Math.log(p), Math.log1p(-p)]
  let term = n * logQ
  let sum = term
  for (let i = 1; i <= k; i++) {
    term += Math.log((n - i + 1) / i) + logP - logQ
    const top = Math.max(sum, term)
    sum = top + Math.log(Math.exp(sum - top) + Math.exp(term - top))
  }
  return sum
}

/**
 * The number of wrong answers allowed among `n` calibration rows; −1 where there are too few rows for any bound.
 * Long run: the largest k with P(Binomial(n, risk) ≤ k) ≤ delta (Bates et al. 2021, the exact bound). With a horizon m:
 * among the first k + t errors in order of confidence, where t = ⌊risk · m⌋ + 1, each is a calibration row with chance
 * n / (n + m) (exchangeability, as in split conformal prediction, Vovk et al. 2005), so more than risk · m errors come
 * before the (k + 1)-th calibration error with chance P(Binomial(k + t, n / (n + m)) ≤ k).
 */
export const allowedErrors = (n: number, level: RiskLevel): number => {
  const { risk, delta, horizon: m } = level
  const beyond = m === undefined ? 0 : Math.floor(risk * m) + 1
  const chance = (k: number): number =>
    m === undefined ? binomialLogCdf(k, n, risk) : binomialLogCdf(k, k + beyond, n / (n + m))
  let k = -1
  while (k + 1 < n && chance(k + 1) <= Math.log(delta)) k++
  return k
}

const nextUp = (x: number): number => x + Math.max(Number.EPSILON, Math.abs(x) * Number.EPSILON)

/**
 * The lowest confidence from which prompts may be answered so that P(answered and wrong) keeps to the level. The rate is
 * monotone in the threshold, so the search needs no correction.
 */
export const riskThreshold = (
  confidence: ArrayLike<number>,
  right: readonly boolean[],
  level: RiskLevel,
): RiskThreshold => {
  const rows = confidence.length
  const allowed = allowedErrors(rows, level)
  if (allowed < 0) return { threshold: Number.POSITIVE_INFINITY, errors: 0, rows }
  const order = [...Array(rows).keys()]
  order.sort((a, b) => (confidence[b] as number) - (confidence[a] as number))
  const errors = order.filter((i) => right[i] !== true)
  const firstBeyond = errors[allowed]
  if (firstBeyond === undefined) return { threshold: 0, errors: errors.length, rows }
  const threshold = nextUp(confidence[firstBeyond] as number)
  // Errors of exactly that confidence are rejected as well.
  const kept = errors.filter((i) => (confidence[i] as number) >= threshold)
  return { threshold, errors: kept.length, rows }
}

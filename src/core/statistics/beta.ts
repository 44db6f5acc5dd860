// The cumulative distribution function of the Beta distribution: the probability that a rate lies below a bound.

const lnGamma = (x: number): number => {
  // Lanczos (1964), g = 7, n = 9: 15 digits for x > 0.
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
  ]
  const t = x + 6.5
  const sum = c.slice(1).reduce((s, value, i) => s + value / (x + i), c[0] as number)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

const TINY = 1e-300
const STEPS = 300

const away = (value: number): number => (Math.abs(value) < TINY ? TINY : value)

/** Continued fraction of the incomplete Beta integral (DLMF 8.17.22), by Lentz's method. */
const fraction = (a: number, b: number, x: number): number => {
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let f = d
  for (let m = 1; m <= STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    f *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    f *= d * c
    if (Math.abs(d * c - 1) < 1e-12) break
  }
  return f
}

/** P(X ≤ x) for X ~ Beta(a, b). @throws TypeError unless a and b are above 0 */
export const betaCdf = (x: number, a: number, b: number): number => {
  if (!(a > 0) || !(b > 0))
    throw new TypeError(`Beta(${a}, ${b}): both parameters must be above 0.`)
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(
    lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  )
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(a, b, x)) / a
    : 1 - (front * fraction(b, a, 1 - x)) / b
}

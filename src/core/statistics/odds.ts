// Probabilities and their log odds.

const EDGE = 1e-6

/** The probability of log odds `x`. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The log odds of a probability, which is kept a millionth away from 0 and 1. */
export const logOdds = (p: number): number => {
  const inside = Math.min(1 - EDGE, Math.max(EDGE, p))
  return Math.log(inside / (1 - inside))
}

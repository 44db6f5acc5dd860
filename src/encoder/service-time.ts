// How long the encoder takes for a prompt of so many tokens, learned from what it took. Used to tell in advance whether a
// prompt can be answered by its deadline.

/** Share of each new measurement in the running means: the last ten or so of a size decide. */
const SHARE = 0.1
/** What a prompt costs beside its tokens, in tokens: a round trip and the fixed part of the graph. */
const FIXED_TOKENS = 16
const SMALLEST = 8
/** One stall of the machine must not look like the encoder's pace. */
const LARGEST_JUMP = 3

interface Mean {
  tokens: number
  ms: number
}

export interface ServiceTime {
  /** Milliseconds of computing that a prompt of `tokens` is expected to take; 0 while nothing was measured. */
  expectedMs(tokens: number): number
  learn(tokens: number, ms: number): void
}

/** Prompts of one doubling of length share a mean. */
const sizeOf = (tokens: number): number =>
  Math.max(0, Math.ceil(Math.log2(Math.max(1, tokens) / SMALLEST)))

const scaled = (mean: Mean, tokens: number): number =>
  (mean.ms * (tokens + FIXED_TOKENS)) / (mean.tokens + FIXED_TOKENS)

export const createServiceTime = (): ServiceTime => {
  const means = new Map<number, Mean>()
  const nearest = (size: number): Mean | undefined => {
    const sizes = [...means.keys()].sort((a, b) => Math.abs(a - size) - Math.abs(b - size))
    return means.get(sizes[0] ?? -1)
  }
  return {
    expectedMs: (tokens) => {
      const size = sizeOf(tokens)
      const mean = means.get(size) ?? nearest(size)
      return mean ? scaled(mean, tokens) : 0
    },
    learn: (tokens, ms) => {
      const size = sizeOf(tokens)
      const mean = means.get(size)
      if (!mean) {
        means.set(size, { tokens, ms })
        return
      }
      const taken = Math.min(ms, LARGEST_JUMP * scaled(mean, tokens))
      mean.tokens += SHARE * (tokens - mean.tokens)
      mean.ms += SHARE * (taken - mean.ms)
    },
  }
}

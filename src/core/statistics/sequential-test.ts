// Tests whether the canary is worse than the serving generation, with optional stopping: an e-process, which exceeds 1/α with a
// probability of at most α however long it runs and whenever it is checked (Ville's inequality).

export interface ArmCounts {
  votes: number
  bad: number
}

export interface SequentialState {
  /** E-value of "the canary is worse": 1 is no evidence, 20 rejects "no worse" at α = 0.05. */
  evidence: number
  /** Its maximum so far, which decides: a test that may be stopped at any time may have been stopped there. */
  peak: number
  /** All votes so far, including those that wait for their block to fill. */
  canary: ArmCounts
  serving: ArmCounts
}

export interface SequentialTest {
  /** True where the vote filled a block, so that the evidence has changed. */
  add(arm: 'canary' | 'serving', isBad: boolean): boolean
  state(): SequentialState
}

/** Alternatives: odds ratios of a bad vote, canary over serving arm. One e-process runs for each, and their mean is taken. */
const ODDS_RATIOS = [1.25, 1.5, 2, 3, 5, 9]

/** Prior of the serving arm's bad rate, and its weight in votes. */
const PRIOR_BAD_RATE = 0.1
const PRIOR_VOTES = 2

/** Serving votes per canary vote in a block: the ratio in which they come in, so that few wait. */
export const servingVotesPerBlock = (share: number): number =>
  Math.max(1, Math.round((1 - share) / share))

interface Block {
  isCanaryBad: boolean
  servingVotes: number
  servingBad: number
}

/** ln of p(block | alternative) / p(block | null); the null is the pooled mean of the alternative's two rates. */
const logFactor = (block: Block, rates: { canary: number; serving: number }): number => {
  const { isCanaryBad, servingVotes, servingBad } = block
  const { canary, serving } = rates
  const pooled = (canary + servingVotes * serving) / (1 + servingVotes)
  return (
    (isCanaryBad ? Math.log(canary / pooled) : Math.log((1 - canary) / (1 - pooled))) +
    servingBad * Math.log(serving / pooled) +
    (servingVotes - servingBad) * Math.log((1 - serving) / (1 - pooled))
  )
}

const meanOfExponentials = (logs: readonly number[]): number => {
  const largest = Math.max(...logs)
  const sum = logs.reduce((total, log) => total + Math.exp(log - largest), 0)
  return (Math.exp(largest) * sum) / logs.length
}

/** Logarithm of the e-value of each alternative, and the serving votes of the blocks so far. */
interface Bets {
  logs: number[]
  seen: ArmCounts
}

const layBets = (bets: Bets, block: Block): void => {
  const { logs, seen } = bets
  const serving = (seen.bad + PRIOR_BAD_RATE * PRIOR_VOTES) / (seen.votes + PRIOR_VOTES)
  for (const [i, ratio] of ODDS_RATIOS.entries()) {
    const odds = (serving / (1 - serving)) * ratio
    logs[i] = (logs[i] ?? 0) + logFactor(block, { canary: odds / (1 + odds), serving })
  }
  seen.votes += block.servingVotes
  seen.bad += block.servingBad
}

/**
 * The exact sequential two-sample test of Turner, Ly and Grünwald ("Generic E-variables for exact sequential k-sample
 * tests that allow for optional stopping", 2024), one-sided. Votes are grouped into blocks of one canary vote and
 * `servingPerBlock` serving ones, each arm's in the order given. Each alternative assumes the serving rate of earlier blocks and a
 * canary rate of higher odds; each block multiplies its e-value by the likelihood ratio against the pooled rate. The ratio has a
 * mean of at most 1 whenever the canary's rate is not the higher one, so neither peeking nor early stopping makes a false alarm
 * likelier than α = 1 / `evidence`.
 */
export const createSequentialTest = (servingPerBlock: number): SequentialTest => {
  const waiting = { canary: [] as boolean[], serving: [] as boolean[] }
  const counts = { canary: { votes: 0, bad: 0 }, serving: { votes: 0, bad: 0 } }
  const bets: Bets = { logs: ODDS_RATIOS.map(() => 0), seen: { votes: 0, bad: 0 } }
  let evidence = 1
  let peak = 1

  const takeBlock = (): void => {
    const [isCanaryBad = false] = waiting.canary.splice(0, 1)
    const servingBad = waiting.serving.splice(0, servingPerBlock).filter((isBad) => isBad).length
    layBets(bets, { isCanaryBad, servingVotes: servingPerBlock, servingBad })
    evidence = meanOfExponentials(bets.logs)
    peak = Math.max(peak, evidence)
  }

  return {
    add: (arm, isBad) => {
      counts[arm].votes += 1
      counts[arm].bad += isBad ? 1 : 0
      waiting[arm].push(isBad)
      let isFull = false
      while (waiting.canary.length > 0 && waiting.serving.length >= servingPerBlock) {
        takeBlock()
        isFull = true
      }
      return isFull
    },
    state: () => ({
      evidence,
      peak,
      canary: { ...counts.canary },
      serving: { ...counts.serving },
    }),
  }
}

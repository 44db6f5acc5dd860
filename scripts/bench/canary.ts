// npm run bench:canary: how often the canary rule is wrong, and how soon it is right, over simulated runs. Somebody looks
// after every single vote, which would ruin an ordinary test.
import { createCanaryJudge } from '../../src/arms/canary-verdict.ts'
import type { ArmVote } from '../../src/core/records/arm-records.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import { percent } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import { runBench } from './harness.ts'
import { median } from './summary.ts'

interface Setting {
  share: number
  servingRate: number
  canaryRate: number
}

interface Outcome {
  verdict: 'worse' | 'held' | 'undecided'
  /** On both arms, and on the canary alone, when it was reached. */
  votes: number
  canaryVotes: number
}

const RUNS = 1_000
const MOST_VOTES = 5_000
const FALSE_ROLLBACK_CHANCE = 0.05
const PROMOTE_AFTER = 200
const SHARES = [0.1, 0.3, 0.5]
const BAD_RATES = [0.02, 0.1, 0.3]
const RISES = [0.05, 0.1, 0.2]

const voteOf = (setting: Setting, random: () => number, number: number): ArmVote => {
  const isCanary = random() < setting.share
  return {
    decisionId: String(number),
    sessionId: null,
    arm: isCanary ? 'canary' : 'serving',
    generation: isCanary ? 2 : 1,
    isBad: random() < (isCanary ? setting.canaryRate : setting.servingRate),
    atMs: number,
  }
}

/** One canary, voted on and judged vote by vote until a verdict or the last vote. */
const simulate = (setting: Setting, promoteAfter: number, seed: number): Outcome => {
  const random = createRandom(seed)
  const { share } = setting
  const canary = { generation: 2, against: 1, share, startedAtMs: 0, author: 'bench' }
  const judge = createCanaryJudge(canary, {
    share,
    promote_after_votes: promoteAfter,
    false_rollback_chance: FALSE_ROLLBACK_CHANCE,
  })
  for (let votes = 1; ; votes++) {
    judge.add([voteOf(setting, random, votes)])
    if (judge.ruling() !== null || votes === MOST_VOTES) {
      const { verdict, canary: counts } = judge.verdict()
      return { verdict, votes, canaryVotes: counts.votes }
    }
  }
}

const runAll = (setting: Setting, promoteAfter: number): Outcome[] =>
  Array.from({ length: RUNS }, (_, run) => simulate(setting, promoteAfter, run * 7_919 + 1))

const shareOf = (outcomes: Outcome[], verdict: Outcome['verdict']): number =>
  outcomes.filter((outcome) => outcome.verdict === verdict).length / outcomes.length

const medianOf = (values: number[]): string => (values.length === 0 ? '–' : String(median(values)))

const noDifference = (): { rows: string[][]; most: number } => {
  const found = SHARES.flatMap((share) =>
    BAD_RATES.map((rate) => {
      const setting = { share, servingRate: rate, canaryRate: rate }
      return [share, rate, shareOf(runAll(setting, 0), 'worse')]
    }),
  )
  const rows = found.map((shares) => shares.map((share) => percent(share)))
  const most = Math.max(...found.map(([, , rolledBack = 0]) => rolledBack))
  return { rows: [['share', 'bad votes', 'rolled back'], ...rows], most }
}

const regressions = (): string[][] => {
  const rows = [
    ['share', 'serving', 'canary', 'rolled back', 'median votes', 'on the canary', 'promoted'],
  ]
  for (const share of [0.1, 0.3]) {
    for (const servingRate of [0.05, 0.2]) {
      for (const rise of [-0.02, 0, ...RISES]) {
        const setting = { share, servingRate, canaryRate: servingRate + rise }
        const outcomes = runAll(setting, PROMOTE_AFTER)
        const worse = outcomes.filter(({ verdict }) => verdict === 'worse')
        rows.push([
          percent(share),
          percent(servingRate),
          percent(setting.canaryRate),
          percent(worse.length / RUNS),
          medianOf(worse.map(({ votes }) => votes)),
          medianOf(worse.map(({ canaryVotes }) => canaryVotes)),
          percent(shareOf(outcomes, 'held')),
        ])
      }
    }
  }
  return rows
}

await runBench({
  name: 'bench:canary',
  description: 'Simulate canaries, and count how often and how soon they are rolled back.',
  isTimed: false,
  run: async () => ({ equal: noDifference(), regressions: regressions() }),
  describe: ({ equal, regressions: rows }) => [
    `${RUNS.toLocaleString('en')} runs a row of up to ${MOST_VOTES.toLocaleString('en')} votes, looked at after every vote; false_rollback_chance ${FALSE_ROLLBACK_CHANCE}.`,
    '',
    'No difference between the arms, never promoted:',
    ...table(equal.rows),
    '',
    `Worse, equal and better canaries, promoted where they held (promote_after_votes ${PROMOTE_AFTER}):`,
    ...table(rows),
    '',
    `Most false rollbacks: ${percent(equal.most)} (at most ${percent(FALSE_ROLLBACK_CHANCE)} wanted).`,
  ],
  isMet: ({ equal }) => equal.most <= FALSE_ROLLBACK_CHANCE,
})

// Detects routes whose share of bad votes is above the tolerated rate: one watch per route, fed with each vote as it comes.
import { createRateWatch, type RateWatch } from './rate-watch.ts'

export interface VoteWatch {
  add(route: string, isBad: boolean): void
  alarms(): { route: string; summary: string }[]
}

/** Log-likelihood ratio (nats) that raises an alarm: at most one false alarm in 1,000 votes of a route (Lorden 1971). */
const EVIDENCE = 7

export const createVoteWatch = (rates: { expected: number; feared: number }): VoteWatch => {
  const watches = new Map<string, { watch: RateWatch; votes: number; bad: number }>()
  return {
    add: (route, isBad) => {
      const watch = createRateWatch({ ...rates, evidence: EVIDENCE })
      const own = watches.get(route) ?? { watch, votes: 0, bad: 0 }
      watches.set(route, own)
      own.watch.add(isBad)
      own.votes += 1
      own.bad += isBad ? 1 : 0
    },
    alarms: () =>
      [...watches]
        .filter(([, { watch }]) => watch.isAlarmed)
        .map(([route, { votes, bad }]) => ({
          route,
          summary: `Votes on ${route} are bad more often than ${(rates.expected * 100).toFixed(0)} %: ${bad} of ${votes} so far.`,
        })),
  }
}

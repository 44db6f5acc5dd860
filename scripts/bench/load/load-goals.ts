// What bench:load is held against, and which of it was missed. Pure; load.ts prints it.
import type { Cores } from './cores.ts'
import type { Described } from './open-loop.ts'

/** `encoder.deadline_ms` by default, and what the way to it and back may add. */
const MOST_P99_MS = 270
const MOST_RECOVERY_MS = 300
/** Below this share of the capacity every prompt is decided in time. */
const CALM = 0.8
const LEAST_AGREEMENT = 0.85
const LEAST_OWN_WAY = 2

export interface Offered extends Described {
  /** Of the capacity. */
  factor: number
  goodput: number
  agreement: number | null
  recoveryMs: number
  cores: Cores
}

export interface WaitingClients extends Described {
  goodput: number
  agreement: number | null
  perSecond: number
  longestPingMs: number
}

export interface Sweep {
  words: number
  /** Classified prompts a second with the encoder never idle. */
  capacity: number
  rows: Offered[]
  clients: WaitingClients
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`

const leastGoodput = (factor: number): number => {
  if (factor < 1) return 0
  return factor === 1 ? 0.9 : 0.95
}

/** One line for each goal that an offered load misses. */
const missedAt = (row: Offered): string[] => {
  const { factor, goodput, p99Ms, recoveryMs } = row
  const decided = row.classified + row.byWordsFirst
  const missed: string[] = []
  if (goodput < leastGoodput(factor)) {
    missed.push(`goodput ${percent(goodput)}, at least ${percent(leastGoodput(factor))}`)
  }
  if (factor < CALM && decided < 1) missed.push(`decided in time ${percent(decided)}, all`)
  if ((p99Ms ?? 0) > MOST_P99_MS) missed.push(`p99 ${p99Ms?.toFixed(0)} ms, at most ${MOST_P99_MS}`)
  if (recoveryMs > MOST_RECOVERY_MS) {
    missed.push(`recovery ${recoveryMs.toFixed(0)} ms, at most ${MOST_RECOVERY_MS}`)
  }
  return missed.map((goal) => `${factor}×: ${goal}`)
}

const missedByClients = (clients: WaitingClients): string[] => {
  const { goodput, byDefault, agreement } = clients
  const missed: string[] = []
  if (goodput < 0.95) missed.push(`goodput ${percent(goodput)}, at least 95 %`)
  if (clients.byWordsFirst + clients.byWords < byDefault)
    missed.push(`the words decided fewer than the default route`)
  if (agreement !== null && agreement < LEAST_AGREEMENT) {
    missed.push(`agreement ${percent(agreement)}, at least ${percent(LEAST_AGREEMENT)}`)
  }
  return missed.map((goal) => `clients: ${goal}`)
}

/** The goals that a sweep misses, one line each; empty where it meets all. */
export const missedGoals = ({ rows, clients }: Sweep): string[] => [
  ...rows.flatMap(missedAt),
  ...missedByClients(clients),
]

/** Routed requests a second against the way one would do it oneself. */
export const describeOwnWay = (ours: WaitingClients, own: WaitingClients): string => {
  const ratio = (ours.perSecond * (ours.classified + ours.byWordsFirst)) / own.perSecond
  const byEncoder = (ours.perSecond * ours.classified) / own.perSecond
  const verdict = ratio >= LEAST_OWN_WAY ? 'met' : 'MISSED'
  return (
    `ours ÷ own way, routed by the encoder or by words as sure: ${ratio.toFixed(2)}  ` +
    `target at least ${LEAST_OWN_WAY.toFixed(2)}: ${verdict} (by the encoder alone: ${byEncoder.toFixed(2)})`
  )
}

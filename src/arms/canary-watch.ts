// Checks the votes every few seconds: ends a canary that is worse, and promotes one that held. Recorded in the history with the figures.
// All state can be rebuilt from the store, so a restart loses nothing.
import type { Logger } from '../core/logger.ts'
import type { ArmVote } from '../core/records/arm-records.ts'
import { toRouterError } from '../errors.ts'
import { createRepeating } from '../jobs/repeating.ts'
import type { Store } from '../store/store.ts'
import { makeCurrent } from '../training/generations/make-current.ts'
import { type Canary, endArm, readArms, settleArms } from '../vector-index/arms.ts'
import {
  type CanaryJudge,
  type CanarySettings,
  type CanaryVerdict,
  createCanaryJudge,
} from './canary-verdict.ts'

export interface CanaryWatchOptions {
  dir: string
  store: Pick<Store, 'listArmVotes'>
  /** The current settings. */
  settings: () => CanarySettings
  logger: Logger
  now: () => number
  /** Interval between checks, milliseconds. */
  intervalMs?: number
}

export interface CanaryWatch {
  /** One check of the votes. @returns the verdict, null without a canary. Failures are logged */
  look(): Promise<CanaryVerdict | null>
  start(): void
  /** Ends the checks, and waits for one under way. */
  close(): Promise<void>
}

const AUTHOR = 'signalbox'
const PAGE = 5_000
/** Votes are read again over this time, because a vote gets its time before it is committed. */
const LATE_MS = 60_000

/** All votes on decisions made since a canary began, given at `votedSinceMs` or later, page by page. */
export async function* readVotes(
  store: CanaryWatchOptions['store'],
  canary: Pick<Canary, 'startedAtMs'>,
  votedSinceMs: number,
): AsyncGenerator<ArmVote[]> {
  let since = votedSinceMs
  let limit = PAGE
  for (;;) {
    const query = { decidedSinceMs: canary.startedAtMs, votedSinceMs: since, limit }
    const votes = await store.listArmVotes(query)
    yield votes
    if (votes.length < limit) return
    const last = votes.at(-1)?.atMs ?? since
    // A page of one millisecond would be read again and again: the next one must reach past it.
    limit = last === since ? limit * 2 : PAGE
    since = last
  }
}

interface Watched {
  key: string
  judge: CanaryJudge
  votedSinceMs: number
}

const beginWatching = (canary: Canary, settings: CanarySettings): Watched => ({
  key: JSON.stringify([canary, settings]),
  judge: createCanaryJudge(canary, settings),
  votedSinceMs: canary.startedAtMs,
})

const act = async (
  { dir, logger, now }: CanaryWatchOptions,
  canary: Canary,
  { verdict, summary: reason }: CanaryVerdict,
): Promise<void> => {
  const { generation, against } = canary
  const facts = { generation, against, reason }
  if (verdict === 'worse') {
    await endArm(dir, 'canary', { author: AUTHOR, reason, nowMs: now() })
    logger.warn(facts, 'The canary was rolled back.')
  } else if (verdict === 'held') {
    const forced = false
    await makeCurrent(dir, generation, {
      action: 'promoted',
      author: AUTHOR,
      reason,
      forced,
      nowMs: now(),
    })
    logger.info(facts, 'The canary was promoted.')
  }
}

/** The canary to judge, or null. Obsolete arms are ended first. */
const canaryOf = async ({ dir, now }: CanaryWatchOptions): Promise<Canary | null> => {
  const { shadow, canary } = await readArms(dir)
  if (shadow === null && canary === null) return null
  await settleArms(dir, now())
  return (await readArms(dir)).canary
}

const readNew = async (
  store: CanaryWatchOptions['store'],
  canary: Canary,
  state: Watched,
): Promise<void> => {
  for await (const votes of readVotes(store, canary, state.votedSinceMs)) {
    state.judge.add(votes)
    const last = votes.at(-1)
    if (last) state.votedSinceMs = Math.max(canary.startedAtMs, last.atMs - LATE_MS)
  }
}

export const createCanaryWatch = (options: CanaryWatchOptions): CanaryWatch => {
  const { store, logger, intervalMs = 3_000 } = options
  let watched: Watched | null = null
  let problem: string | null = null

  const judge = async (): Promise<CanaryVerdict | null> => {
    const canary = await canaryOf(options)
    if (canary === null) {
      watched = null
      return null
    }
    const fresh = beginWatching(canary, options.settings())
    if (watched?.key !== fresh.key) watched = fresh
    await readNew(store, canary, watched)
    const verdict = watched.judge.verdict()
    await act(options, canary, verdict)
    return verdict
  }

  const looks = createRepeating(async () => {
    try {
      const verdict = await judge()
      problem = null
      return verdict
    } catch (error) {
      const { code, message } = toRouterError(error)
      if (message !== problem)
        logger.error({ code, problem: message }, 'The canary could not be checked.')
      problem = message
      return null
    }
  })
  return { look: looks.run, start: () => looks.start(intervalMs), close: looks.stop }
}

// The serving generation. Follows the pointer file: a new one is loaded and verified beside the old, then swapped in; on any failure
// the old one keeps serving. The old one is dropped, not closed, because searches may still use it. The arms of arms.json are loaded
// in a separate queue, so that they never delay a swap.

import { RouterError } from '../errors.ts'
import { createInTurn } from '../jobs/in-turn.ts'
import { createFollower, type FollowOptions } from './follow.ts'
import type { Generation } from './generation.ts'
import { sweepOrphans } from './generation-store.ts'
import { type ArmsStatus, createLiveArms, type LiveCanary } from './live-arms.ts'
import { messageOf } from './load-failure.ts'
import type { VectorIndex } from './vector-index.ts'

export interface LiveIndexOptions extends FollowOptions {
  /** Interval at which the pointer is checked, milliseconds. */
  pollMs: number
}

export interface LiveIndexStatus {
  /** Number of the serving generation. */
  generation: number | null
  search: VectorIndex['kind'] | null
  /** Why the pointer's generation, or its graph, does not serve; null where it does. */
  error: string | null
}

export interface LiveIndex {
  /** The serving generation; null where none could be loaded. Keep the object for the whole of one decision. */
  current(): Generation | null
  /** The canary of the serving generation; null where there is none, or it cannot be loaded. */
  canary(): LiveCanary | null
  /** The shadow, which decides without effect. */
  shadow(): Generation | null
  /** Checks pointer and arms now. @returns the serving generation; failures are in `status().error` and the log */
  reload(): Promise<Generation | null>
  /** Removes orphans, opens the current generation or the newest older one that verifies, and starts polling. */
  start(): Promise<void>
  status(): LiveIndexStatus
  /** State of shadow and canary. */
  armsStatus(): ArmsStatus
  /** Stops polling, and waits for a load under way. */
  close(): Promise<void>
}

/** Failures are only logged: a read-only folder can still be served from. */
const sweep = async ({ dir, logger }: FollowOptions): Promise<void> => {
  try {
    const orphans = await sweepOrphans(dir)
    if (orphans.length > 0) logger.warn({ orphans }, 'Removed unfinished index builds.')
  } catch (error) {
    logger.warn({ problem: messageOf(error) }, 'Unfinished index builds could not be removed.')
  }
}

/** Skips the work while an earlier run is under way. */
const createLook = (work: () => Promise<unknown>) => {
  let isLooking = false
  return async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    await work().finally(() => {
      isLooking = false
    })
  }
}

/** The checks of every poll and of `reload`. */
const createLooks = (options: FollowOptions) => {
  const follower = createFollower(options)
  const arms = createLiveArms(options, follower.serving)
  const inTurn = createInTurn()
  const armsInTurn = createInTurn()
  const followArms = (isForced: boolean) => armsInTurn(() => arms.follow(isForced))
  const lookAtPointer = createLook(() => inTurn(() => follower.follow(false)))
  const lookAtArms = createLook(() => followArms(false))
  return {
    follower,
    arms,
    look: async (): Promise<void> => {
      await lookAtPointer()
      await lookAtArms()
    },
    open: () =>
      inTurn(async () => {
        await sweep(options)
        await follower.follow(true)
        await follower.fallBack()
      }),
    reload: () => inTurn(() => follower.follow(true)),
    followArms,
    /** Waits for running checks. */
    settled: async (): Promise<void> => {
      await inTurn(async () => {})
      await armsInTurn(async () => {})
    },
  }
}

/** Follows the pointer of `dir`. Nothing is read before `start()` or `reload()`. */
export const createLiveIndex = (options: LiveIndexOptions): LiveIndex => {
  const { follower, arms, ...looks } = createLooks(options)
  let timer: NodeJS.Timeout | null = null
  return {
    current: follower.serving,
    canary: arms.canary,
    shadow: arms.shadow,
    reload: async () => {
      const serving = await looks.reload()
      await looks.followArms(true)
      return serving
    },
    start: async () => {
      if (timer !== null) throw new RouterError('internal', 'The live index was started twice.')
      timer = setInterval(() => void looks.look(), options.pollMs)
      timer.unref()
      await looks.open()
      await looks.followArms(true)
    },
    status: () => ({
      generation: follower.serving()?.number ?? null,
      search: follower.serving()?.index.kind ?? null,
      error: follower.error(),
    }),
    armsStatus: arms.status,
    close: async () => {
      if (timer !== null) clearInterval(timer)
      await looks.settled()
    },
  }
}

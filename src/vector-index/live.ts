// The generation that serves. It follows the pointer file: a new one is loaded and verified beside the old, then swapped in;
// whatever goes wrong meanwhile, the old one keeps serving. The old one is dropped, not closed: searches may still hold it.
// Beside it, what arms.json names is kept loaded; that has a queue of its own, so that it never delays a swap.

import { RouterError } from '../errors.ts'
import { createInTurn } from '../jobs/in-turn.ts'
import { createFollower, type FollowOptions } from './follow.ts'
import type { Generation } from './generation.ts'
import { sweepOrphans } from './generation-store.ts'
import { type ArmsStatus, createLiveArms, type LiveCanary } from './live-arms.ts'
import { messageOf } from './load-failure.ts'

export interface LiveIndexOptions extends FollowOptions {
  /** How often the pointer is looked at, milliseconds. */
  pollMs: number
}

export interface LiveIndexStatus {
  /** Number of the serving generation. */
  generation: number | null
  search: 'hnsw' | 'exact' | null
  /** Why the pointer's generation, or its graph, does not serve; null where all is well. */
  error: string | null
}

export interface LiveIndex {
  /** What serves now; null where nothing could be loaded. Hold on to the object for the length of one decision. */
  current(): Generation | null
  /** What is tried on a share of the sessions, against what serves now; null where nothing is or it cannot be loaded. */
  canary(): LiveCanary | null
  /** What decides beside it without effect. */
  shadow(): Generation | null
  /** Looks at the pointer now, and at the arms. Resolves to what serves afterwards; a failure is in `status().error` and the log. */
  reload(): Promise<Generation | null>
  /** Sweeps orphans, opens the current generation or the newest older one that verifies, begins to watch. */
  start(): Promise<void>
  status(): LiveIndexStatus
  /** Of the shadow and the canary, and why one takes no part. */
  armsStatus(): ArmsStatus
  /** Ends the watch, and waits for a load that is under way. */
  close(): Promise<void>
}

/** A folder that cannot be written to can still be served from, so a failure here is only logged. */
const sweep = async ({ dir, logger }: FollowOptions): Promise<void> => {
  try {
    const orphans = await sweepOrphans(dir)
    if (orphans.length > 0) logger.warn({ orphans }, 'Removed unfinished index builds.')
  } catch (error) {
    logger.warn({ problem: messageOf(error) }, 'Unfinished index builds could not be removed.')
  }
}

/** Does the work unless it is still being done. */
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

/** What is looked at on every poll, and at once when asked for. */
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
    /** Waits for what is under way. */
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

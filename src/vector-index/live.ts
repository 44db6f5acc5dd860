// The generation that serves. It follows the pointer file: a new one is loaded and verified beside the old, then swapped in;
// whatever goes wrong meanwhile, the old one keeps serving. The old one is dropped, not closed: searches may still hold it.
// Beside it, what arms.json names is kept loaded; that has a queue of its own, so that it never delays a swap.
import { RouterError } from '../errors.ts'
import { createFollower, type FollowOptions, messageOf, type SwapListener } from './follow.ts'
import type { Generation } from './generation.ts'
import { sweepOrphans } from './generation-store.ts'
import { type ArmsStatus, createLiveArms, type LiveCanary } from './live-arms.ts'

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
  /** Called after each swap; returns a function that ends it. */
  onSwap(listener: SwapListener): () => void
  status(): LiveIndexStatus
  /** Of the shadow and the canary, and why one takes no part. */
  armsStatus(): ArmsStatus
  /** Ends the watch, and waits for a load that is under way. */
  close(): Promise<void>
}

/** A folder that cannot be written to can still be served from, so a failure here is only told. */
const sweep = async ({ dir, logger }: FollowOptions): Promise<void> => {
  try {
    const orphans = await sweepOrphans(dir)
    if (orphans.length > 0) logger.warn({ orphans }, 'Removed unfinished index builds.')
  } catch (error) {
    logger.warn({ problem: messageOf(error) }, 'Unfinished index builds could not be removed.')
  }
}

const createNotifier = ({ logger }: FollowOptions) => {
  const listeners = new Set<SwapListener>()
  const notify: SwapListener = (next, previous) => {
    for (const listener of listeners) {
      try {
        listener(next, previous)
      } catch (error) {
        logger.error({ problem: messageOf(error) }, 'A listener to the index swap failed.')
      }
    }
  }
  return { listeners, notify }
}

/** Runs one piece of work at a time, in the order of the calls. */
const createQueue = () => {
  let tail: Promise<unknown> = Promise.resolve()
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work)
    tail = result.catch(() => undefined)
    return result
  }
  return { run, idle: () => tail }
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

/** Follows the pointer of `dir`. Nothing is read before `start()` or `reload()`. */
export const createLiveIndex = (options: LiveIndexOptions): LiveIndex => {
  const { listeners, notify } = createNotifier(options)
  const follower = createFollower(options, notify)
  const arms = createLiveArms(options, follower.serving)
  const queue = createQueue()
  const armsQueue = createQueue()
  let timer: NodeJS.Timeout | null = null

  const followArms = (isForced: boolean) => armsQueue.run(() => arms.follow(isForced))
  const lookAtPointer = createLook(() => queue.run(() => follower.follow(false)))
  const lookAtArms = createLook(() => followArms(false))
  const look = async (): Promise<void> => {
    await lookAtPointer()
    await lookAtArms()
  }

  const open = async (): Promise<void> => {
    await sweep(options)
    await follower.follow(true)
    await follower.fallBack()
  }

  return {
    current: follower.serving,
    canary: arms.canary,
    shadow: arms.shadow,
    reload: async () => {
      const serving = await queue.run(() => follower.follow(true))
      await followArms(true)
      return serving
    },
    start: async () => {
      if (timer !== null) throw new RouterError('internal', 'The live index was started twice.')
      timer = setInterval(() => void look(), options.pollMs)
      timer.unref()
      await queue.run(open)
      await followArms(true)
    },
    onSwap: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    status: () => ({
      generation: follower.serving()?.number ?? null,
      search: follower.serving()?.index.kind ?? null,
      error: follower.error(),
    }),
    armsStatus: arms.status,
    close: async () => {
      if (timer !== null) clearInterval(timer)
      await queue.idle()
      await armsQueue.idle()
    },
  }
}

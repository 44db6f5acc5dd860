// How far the heap grows before it is collected. V8 lets it become more than twice as large as what is in use; a server that runs for
// months beside others is better collected sooner, but not while it has much to do.
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Percent by which the old generation may grow from one full collection to the next, buffers included, while there is little to do.
 * Measured on a busy machine with the default caches: 12 MB less after 4,000 requests than by V8's own choice.
 */
const CALM_PERCENT = 20
/**
 * The same while there is much to do. With 20 a pinned request of 32 connections takes 1.14 of the processor time, a stream 1.35: a
 * collection marks the whole heap, on other threads too, and requests under way fill a fifth of it in half a second.
 */
const BUSY_PERCENT = 100
/** Of a second in which the event loop works: above it there is much to do. */
const BUSY_SHARE = 0.2
const LOOK_EVERY_MS = 1_000

/**
 * After much to do the heap is collected at the second and third calm look: V8 would keep the garbage until the heap has grown again.
 * The first time frees it, the second brings what is left together and gives the pages back.
 */
const COLLECTED_AT = [2, 3]

export interface HeapGrowthOptions {
  /** Share of the time since the last call in which the event loop worked. */
  busyShare: () => number
  setPercent: (percent: number) => void
  /** Collects the whole heap, which stops the thread for some 30 ms. */
  collect: () => void
}

/** Sets the percentage, and gives what sets it anew, to be called every second. */
export const createHeapGrowth = ({
  busyShare,
  setPercent,
  collect,
}: HeapGrowthOptions): (() => void) => {
  let percent = CALM_PERCENT
  let calmLooks = Number.POSITIVE_INFINITY
  setPercent(percent)
  return () => {
    const isBusy = busyShare() > BUSY_SHARE
    const wanted = isBusy ? BUSY_PERCENT : CALM_PERCENT
    if (wanted !== percent) setPercent(wanted)
    percent = wanted
    calmLooks = isBusy ? 0 : calmLooks + 1
    if (COLLECTED_AT.includes(calmLooks)) collect()
  }
}

const createBusyShare = (): (() => number) => {
  let last = performance.eventLoopUtilization()
  return () => {
    const before = last
    last = performance.eventLoopUtilization()
    return performance.eventLoopUtilization(last, before).utilization
  }
}

/** V8's own collection, which a context has that is made while the flag is set. */
const createCollect = (): (() => void) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  return collect
}

/** Holds for all threads of the process, from their next collection on. */
export const limitHeapGrowth = (): void => {
  const look = createHeapGrowth({
    busyShare: createBusyShare(),
    setPercent: (percent) => setFlagsFromString(`--heap-growing-percent=${percent}`),
    collect: createCollect(),
  })
  setInterval(look, LOOK_EVERY_MS).unref()
}

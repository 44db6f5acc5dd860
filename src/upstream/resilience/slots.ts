// Limits a provider's concurrent calls, with a queue in order of arrival. A slot is held until the answer's last byte; an aborted
// waiter leaves the queue at once.

import { RouterError } from '../../errors.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'

export interface Slots {
  /**
   * Resolves with the function that releases the slot (safe to call twice).
   * @throws RouterError `queue_full` with `details.retryAfterMs`; the signal's own reason where it aborts.
   */
  acquire(signal: EndSignal): Promise<() => void>
  readonly active: number
  readonly queued: number
}

export interface SlotsOptions {
  provider: string
  maxConcurrent: number
  queueLimit: number
  queueTimeoutMs: number
}

const RETRY_AFTER_MS = 1_000

type Release = () => void
/** Gives a slot to a waiting call. */
type Admit = (release: Release) => void

/** Waits in `waiting` for a slot. Rejects with `timedOut()` or the signal's reason */
const waitForPlace = (
  waiting: Set<Admit>,
  signal: EndSignal,
  { timeoutMs, timedOut }: { timeoutMs: number; timedOut: () => RouterError },
): Promise<Release> =>
  new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(admit)
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    const refuse = (error: unknown): void => {
      leave()
      reject(error)
    }
    const admit: Admit = (release) => {
      leave()
      resolve(release)
    }
    const onAbort = (): void => refuse(signal.reason)
    const timer = setTimeout(() => refuse(timedOut()), timeoutMs)
    signal.addEventListener('abort', onAbort, { once: true })
    waiting.add(admit)
  })

export const createSlots = (options: SlotsOptions): Slots => {
  const { provider, maxConcurrent, queueLimit, queueTimeoutMs } = options
  const waiting = new Set<Admit>()
  let active = 0

  const full = (problem: string): RouterError =>
    new RouterError('queue_full', `Provider ${provider} ${problem}; try again shortly.`, {
      details: { provider, retryAfterMs: RETRY_AFTER_MS },
    })
  const occupy = (): Release => {
    active += 1
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      active -= 1
      const [next] = waiting
      if (next) next(occupy())
    }
  }
  return {
    acquire: async (signal) => {
      signal.throwIfAborted()
      if (active < maxConcurrent) return occupy()
      if (waiting.size >= queueLimit) throw full(`has ${active} calls running and a full queue`)
      const timedOut = () => full(`had no free place within ${queueTimeoutMs} ms`)
      return waitForPlace(waiting, signal, { timeoutMs: queueTimeoutMs, timedOut })
    },
    get active() {
      return active
    },
    get queued() {
      return waiting.size
    },
  }
}

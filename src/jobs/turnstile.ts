// Runs at most `slots` tasks at once; up to `queueLimit` more wait in order, and further ones are refused.
import { RouterError } from '../errors.ts'

export interface TurnstileOptions {
  /** Tasks that run at once. */
  slots: number
  /** Tasks that may wait. */
  queueLimit: number
}

/**
 * Runs `work` when a slot is free.
 * @throws RouterError `encoder_overloaded` where too many wait; the signal's reason where it aborts before the turn
 */
export type Turnstile = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

export const createTurnstile = ({ slots, queueLimit }: TurnstileOptions): Turnstile => {
  let free = slots
  const waiting: (() => void)[] = []
  const enter = async (): Promise<void> => {
    if (free > 0) {
      free -= 1
      return
    }
    if (waiting.length >= queueLimit) {
      throw new RouterError('encoder_overloaded', `${queueLimit} requests already wait.`)
    }
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return async (signal, work) => {
    await enter()
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}

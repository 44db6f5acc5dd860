// Steps that let others go first, at a pace: used by loop-turn.ts for prompts that the encoder refuses. A client that is answered at once
// asks again at once: 32 that wait for their answers, most of them refused, would take the processor from the encoder.

/** One step is due after so many milliseconds from the last. */
const PACE_MS = 10
/** And every step that has waited this long. */
const MOST_MS = 150

export interface DeferredTurns {
  add(step: () => void): void
  /** Whether the first may be taken. */
  isDue(): boolean
  /** Removes the first. */
  take(): (() => void) | undefined
}

export interface DeferredTurnsOptions {
  /** Monotonic milliseconds. */
  now: () => number
  /** Called once the first is due. */
  onDue(): void
}

export const createDeferredTurns = ({ now, onDue }: DeferredTurnsOptions): DeferredTurns => {
  /** Each with when it was added, in that order. */
  const waiting = new Map<() => void, number>()
  let lastAt = Number.NEGATIVE_INFINITY
  let isWatching = false
  /** Milliseconds until the first is due; null where none waits. */
  const dueInMs = (): number | null => {
    const [since] = waiting.values()
    return since === undefined
      ? null
      : Math.max(0, Math.min(lastAt + PACE_MS, since + MOST_MS) - now())
  }
  const watch = (): void => {
    const ms = dueInMs()
    if (ms === 0) onDue()
    if (!ms || isWatching) return
    isWatching = true
    setTimeout(() => {
      isWatching = false
      watch()
    }, Math.ceil(ms))
  }
  return {
    add: (step) => {
      waiting.set(step, now())
      watch()
    },
    isDue: () => dueInMs() === 0,
    take: () => {
      const [first] = waiting.keys()
      if (first === undefined) return undefined
      waiting.delete(first)
      lastAt = now()
      watch()
      return first
    },
  }
}

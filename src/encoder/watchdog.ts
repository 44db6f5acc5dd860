// Notices a process that has work and says nothing for too long.

/** Silence is counted in quarters, so that one long stall of our own event loop is not held against the child. */
const STRIKES = 4

export interface Watchdog {
  /** Begins to watch, unless it does already. */
  watch(): void
  /** The process gave a sign of life. */
  heard(): void
  stop(): void
}

/** Calls `onSilent` when `heard` was not called for `silenceMs` while watching. */
export const createWatchdog = (silenceMs: number, onSilent: () => void): Watchdog => {
  let timer: NodeJS.Timeout | undefined
  let strikes = 0
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  const watch = () => {
    if (timer) return
    strikes = 0
    timer = setInterval(() => {
      strikes += 1
      if (strikes < STRIKES) return
      stop()
      onSilent()
    }, silenceMs / STRIKES).unref()
  }
  const heard = () => {
    strikes = 0
  }
  return { watch, heard, stop }
}

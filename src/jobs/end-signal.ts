// When a piece of work is to end, as AbortSignal tells it, for work that every request does: making an AbortSignal and listening to it
// costs five microseconds, a request has several, and hardly any of them ever aborts. An AbortSignal is an EndSignal as well.

export interface EndSignal {
  readonly aborted: boolean
  readonly reason: unknown
  /** @throws the reason where it has aborted */
  throwIfAborted(): void
  /** Called at most once; not where it has aborted already. */
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface EndController {
  readonly signal: EndSignal
  /** The first reason stays. */
  abort(reason: unknown): void
}

export const createEndController = (): EndController => {
  const listeners = new Set<() => void>()
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    throwIfAborted: (): void => {
      if (signal.aborted) throw signal.reason
    },
    addEventListener: (_type: 'abort', listener: () => void): void => void listeners.add(listener),
    removeEventListener: (_type: 'abort', listener: () => void): void =>
      void listeners.delete(listener),
  }
  return {
    signal,
    abort: (reason) => {
      if (signal.aborted) return
      signal.aborted = true
      signal.reason = reason
      const waiting = [...listeners]
      listeners.clear()
      for (const listener of waiting) listener()
    },
  }
}

/** @throws the signal's reason where it aborts first */
export const sleepUnder = (ms: number, signal: EndSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })

// Notices when the event loop stands still, names the requests that were at work, and says when new work is to be shed
// because it keeps standing still. Time is handed in: main.ts calls `tick` every TICK_MS.
import type { Logger } from '../core/logger.ts'

export const TICK_MS = 50
/** A stop is a tick that comes so much too late. */
const STOP_MS = 250
/** Shedding begins when so many stops within the window take so much of it together, and ends after calm. */
const WINDOW_MS = 5_000
const LEAST_STOPS = 3
const MOST_STOPPED_MS = 2_500
const CALM_MS = 1_000
const MOST_NAMED = 5

/** One request while it is under way. */
export interface RequestWork {
  /** It does something now: read its body, say. */
  touch(): void
  leave(): void
}

export interface LoopWatch {
  /** @param endpoint method and pattern of the path, asked only where it is logged */
  enter(request: { requestId: string; endpoint: () => string }): RequestWork
  tick(): void
  isShedding(): boolean
  /** A request was refused for it. */
  countShed(): void
  stats(): LoopStats
}

export interface LoopStats {
  /** Stops so far. */
  stops: number
  /** How late the last tick came, in milliseconds. */
  lagMs: number
  shedRequests: number
  isShedding: boolean
}

interface Entry {
  requestId: string
  endpoint: () => string
  touchedMs: number
}

interface Stop {
  atMs: number
  stoppedMs: number
}

/** Requests under way, and those that ended since the last look: a stop is noticed after its request may have ended. */
const createUnderWay = (now: () => number) => {
  const entries = new Set<Entry>()
  let ended: Entry[] = []
  return {
    enter: ({ requestId, endpoint }: Omit<Entry, 'touchedMs'>): RequestWork => {
      const entry: Entry = { requestId, endpoint, touchedMs: now() }
      entries.add(entry)
      return {
        touch: () => {
          entry.touchedMs = now()
        },
        leave: () => {
          if (entries.delete(entry)) ended.push({ ...entry, touchedMs: now() })
        },
      }
    },
    /** Those that did something since `fromMs`; where none did, all that are under way. */
    suspects: (fromMs: number): Entry[] => {
      const all = [...entries, ...ended]
      const touched = all.filter(({ touchedMs }) => touchedMs >= fromMs)
      return touched.length > 0 ? touched : all
    },
    forgetEnded: () => {
      ended = []
    },
  }
}

/** Whether new work is refused, judged by the recent stops. */
const createShedding = (logger: Logger) => {
  let stops: Stop[] = []
  let isShedding = false
  let requests = 0
  return {
    isShedding: () => isShedding,
    requests: () => requests,
    countRequest: () => {
      requests += 1
    },
    add: (stop: Stop): void => void stops.push(stop),
    judge: (atMs: number): void => {
      stops = stops.filter((stop) => atMs - stop.atMs < WINDOW_MS)
      const stoppedMs = stops.reduce((sum, stop) => sum + stop.stoppedMs, 0)
      if (!isShedding && stops.length >= LEAST_STOPS && stoppedMs >= MOST_STOPPED_MS) {
        isShedding = true
        const facts = { stops: stops.length, stoppedMs: Math.round(stoppedMs) }
        logger.warn(facts, 'shedding new work')
      } else if (isShedding && atMs - (stops.at(-1)?.atMs ?? 0) >= CALM_MS) {
        isShedding = false
        stops = []
        logger.info({ shedRequests: requests }, 'taking new work again')
      }
    },
  }
}

const logStop = (logger: Logger, stoppedMs: number, suspects: Entry[]): void => {
  const requests = suspects
    .slice(0, MOST_NAMED)
    .map(({ requestId, endpoint }) => ({ requestId, endpoint: endpoint() }))
  const facts = { stoppedMs: Math.round(stoppedMs), requests, suspects: suspects.length }
  logger.warn(facts, 'the event loop stood still')
}

export const createLoopWatch = (options: { now: () => number; logger: Logger }): LoopWatch => {
  const { now, logger } = options
  const underWay = createUnderWay(now)
  const shedding = createShedding(logger)
  let lastMs: number | null = null // the first tick has nothing to be late after
  let lagMs = 0
  let stops = 0
  return {
    enter: underWay.enter,
    tick: () => {
      const atMs = now()
      const fromMs = lastMs ?? atMs - TICK_MS
      lastMs = atMs
      lagMs = Math.max(0, atMs - fromMs - TICK_MS)
      if (lagMs > STOP_MS) {
        stops += 1
        shedding.add({ atMs, stoppedMs: lagMs })
        logStop(logger, lagMs, underWay.suspects(fromMs))
      }
      underWay.forgetEnded()
      shedding.judge(atMs)
    },
    isShedding: shedding.isShedding,
    countShed: shedding.countRequest,
    stats: () => ({
      stops,
      lagMs,
      shedRequests: shedding.requests(),
      isShedding: shedding.isShedding(),
    }),
  }
}

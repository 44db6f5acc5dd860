// Loaded into a server with --import: the longest time its event loop did not turn, told on SIGUSR2 as a line on stdout.
// Beside the wall time stands what is left of it without the time that the main thread waited for a core (schedstat of
// Linux): on a crowded machine that is most of it, and not the program's doing. Computing and blocking calls are.
import { readFileSync } from 'node:fs'

/** Far below the 50 ms that are looked for; reading schedstat takes 0.02 ms. */
const TICK_MS = 2

export interface LoopGapLine {
  msg: 'loop gap'
  /** How many such lines there were, this one counted. */
  reading: number
  /** The longest times since the line before; not necessarily of the same gap. */
  longestWallMs: number
  /** Null where the system does not tell how long a thread waited. */
  longestOwnMs: number | null
}

/** Milliseconds that the main thread was ready to run and had no core; its id is that of the process. */
const waitedMs = (): number | null => {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')
    return Number(fields[1]) / 1e6
  } catch {
    return null
  }
}

const round = (ms: number): number => Number(ms.toFixed(1))

const watch = (): void => {
  let longestWallMs = 0
  let longestOwnMs: number | null = null
  let last = { at: performance.now(), waited: waitedMs() }
  let reading = 0
  setInterval(() => {
    const now = { at: performance.now(), waited: waitedMs() }
    const wallMs = now.at - last.at - TICK_MS
    longestWallMs = Math.max(longestWallMs, wallMs)
    if (now.waited !== null && last.waited !== null) {
      longestOwnMs = Math.max(longestOwnMs ?? 0, wallMs - (now.waited - last.waited))
    }
    last = now
  }, TICK_MS).unref()
  process.on('SIGUSR2', () => {
    reading += 1
    const line: LoopGapLine = {
      msg: 'loop gap',
      reading,
      longestWallMs: round(longestWallMs),
      longestOwnMs: longestOwnMs === null ? null : round(longestOwnMs),
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    longestWallMs = 0
    longestOwnMs = null
  })
}

watch()

// Loaded into a server with --import: the longest time its event loop did not turn, told on SIGUSR2 as a line on stdout.
// Beside the wall time stands the time that the main thread computed within it (schedstat of Linux): on a crowded machine
// a thread also waits for a core, and that is not the program's blocking.
import { readFileSync } from 'node:fs'

/** Far below the 50 ms that are looked for; reading schedstat takes 0.02 ms. */
const TICK_MS = 2

interface Gap {
  wallMs: number
  /** Null where the system does not tell. */
  cpuMs: number | null
}

export interface LoopGapLine {
  msg: 'loop gap'
  /** How many such lines there were, this one counted. */
  reading: number
  /** The longest times since the line before; not necessarily of the same gap. */
  longestWallMs: number
  longestCpuMs: number | null
}

/** Nanoseconds that the main thread has run: its id is that of the process. */
const cpuNs = (): number | null => {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    return null
  }
}

const round = (ms: number): number => Number(ms.toFixed(1))

const watch = (): void => {
  const longest: Gap = { wallMs: 0, cpuMs: null }
  let last = { at: performance.now(), cpu: cpuNs() }
  let reading = 0
  setInterval(() => {
    const now = { at: performance.now(), cpu: cpuNs() }
    longest.wallMs = Math.max(longest.wallMs, now.at - last.at - TICK_MS)
    if (now.cpu !== null && last.cpu !== null) {
      longest.cpuMs = Math.max(longest.cpuMs ?? 0, (now.cpu - last.cpu) / 1e6)
    }
    last = now
  }, TICK_MS).unref()
  process.on('SIGUSR2', () => {
    reading += 1
    const line: LoopGapLine = {
      msg: 'loop gap',
      reading,
      longestWallMs: round(longest.wallMs),
      longestCpuMs: longest.cpuMs === null ? null : round(longest.cpuMs),
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    longest.wallMs = 0
    longest.cpuMs = null
  })
}

watch()

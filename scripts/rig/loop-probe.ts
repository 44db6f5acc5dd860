// Loaded into a server with --import: the longest time its event loop did not turn, written on SIGUSR2 as a line on stdout.
import { watchLoop } from './loop-watch.ts'

export interface LoopGapLine {
  msg: 'loop gap'
  /** How many such lines there were, this one counted. */
  reading: number
  /** The longest times since the line before; not necessarily of the same gap. */
  longestWallMs: number
  /** Null where the system does not tell how long a thread waited. */
  longestOwnMs: number | null
}

const round = (ms: number): number => Number(ms.toFixed(1))

const watch = watchLoop()
let reading = 0
process.on('SIGUSR2', () => {
  reading += 1
  const { wallMs, ownMs } = watch.longest()
  const line: LoopGapLine = {
    msg: 'loop gap',
    reading,
    longestWallMs: round(wallMs),
    longestOwnMs: ownMs === null ? null : round(ownMs),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
})

// Where finished lines go: many with one call of the system, since each call takes the loop longer than making the line.
// A warning or worse goes out at once, with all before it, and so does everything when the process ends.

/** Lines go out together once there is so much of them, if no time has come before. */
export const TOGETHER_BYTES = 4_096
/** So long after the first line that waits all go out. */
const TOGETHER_MS = 20
/** A line that nobody needs the moment it is written, as logger.ts begins it. */
const CAN_WAIT = /^\{"level":"(?:info|debug)"/

export interface LogOutputOptions {
  /** Keeps what it is given until it is much, or `flushSync` is called. */
  out: { write(line: string): unknown; flushSync(): void }
  /** `setTimeout`, but in tests. Gives what takes the call back. */
  later?: (flush: () => void, ms: number) => () => void
}

export interface LogOutput {
  write(line: string): void
  flush(): void
}

const onTimer = (flush: () => void, ms: number): (() => void) => {
  const timer = setTimeout(flush, ms)
  return () => clearTimeout(timer)
}

export const createLogOutput = ({ out, later = onTimer }: LogOutputOptions): LogOutput => {
  let takeBack: (() => void) | null = null
  const flush = (): void => {
    takeBack?.()
    takeBack = null
    out.flushSync()
  }
  return {
    flush,
    write: (line) => {
      out.write(line)
      if (CAN_WAIT.test(line)) takeBack ??= later(flush, TOGETHER_MS)
      else flush()
    },
  }
}

// Where finished lines go: many with one call of the system, since each call takes the loop longer than making the line.
// A warning or worse goes out at once, with all before it, and so does everything when the process ends. A reader that has
// gone or a disk that is full costs lines, never the process.
import { destination } from 'pino'

/** Lines go out together once there is so much of them, if no time has come before. */
const TOGETHER_BYTES = 4_096
/** Lines that cannot be written are kept up to this size, and written when they can be; further ones are dropped. */
const KEPT_BYTES = 1_048_576
/** So long after the first line that waits all go out. */
const TOGETHER_MS = 20
/** A line that nobody needs the moment it is written, as logger.ts begins it. */
const CAN_WAIT = /^\{"level":"(?:info|debug)"/

export interface LogOutputOptions {
  /** Keeps what it is given until it is much, or `flush` is called. */
  out: { write(line: string): unknown; flush(): void }
  /** `setTimeout`, but in tests. Gives what takes the call back. */
  later?: (flush: () => void, ms: number) => () => void
}

export interface LogOutput {
  write(line: string): void
  flush(): void
}

/**
 * Written synchronously. Only by `flush`: its `flushSync` tries for ever what fails for good, and waits for the disk.
 *
 * @param onError called for each write that failed
 */
export const openLogDestination = (
  to: { fd: number } | { dest: string; mode: number },
  onError: (error: unknown) => void,
): ReturnType<typeof destination> => {
  const limits = { minLength: TOGETHER_BYTES, maxLength: KEPT_BYTES }
  return destination({ ...to, ...limits, sync: true }).on('error', onError)
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
    out.flush()
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

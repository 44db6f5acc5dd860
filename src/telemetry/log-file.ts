// Log lines in a file beside standard output. It is bounded: once it is full it becomes FILE.1, in place of the last one,
// and another begins. A file that cannot be written costs its lines and one warning, never a request.
import { mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { destination } from 'pino'

export interface LogFile {
  write(line: string): void
  /** Goes on in a file of the same name, for who has moved it away. */
  reopen(): void
  /** Writes what is still in memory. */
  flush(): void
}

export interface LogFileOptions {
  path: string
  maxBytes: number
  /** Told once. */
  onProblem: (error: unknown) => void
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Runs what may fail; after the first failure nothing any more. */
const createAttempt = (onProblem: (error: unknown) => void) => {
  let isBroken = false
  const fail = (error: unknown): void => {
    if (!isBroken) onProblem(error)
    isBroken = true
  }
  const attempt = (work: () => void): void => {
    if (isBroken) return
    try {
      work()
    } catch (error) {
      fail(error)
    }
  }
  return { attempt, fail }
}

export const createLogFile = ({ path, maxBytes, onProblem }: LogFileOptions): LogFile => {
  const { attempt, fail } = createAttempt(onProblem)
  let out: ReturnType<typeof destination> | null = null
  let bytes = 0
  attempt(() => {
    mkdirSync(dirname(path), { recursive: true })
    bytes = sizeOf(path)
    out = destination({ dest: path, append: true, sync: true, mode: 0o600 })
    out.on('error', fail)
  })
  const reopen = (): void =>
    attempt(() => {
      out?.reopen()
      bytes = sizeOf(path)
    })
  const rotate = (): void =>
    attempt(() => {
      out?.flushSync()
      renameSync(path, `${path}.1`)
      reopen()
    })
  return {
    write: (line) => {
      if (bytes > 0 && bytes + line.length > maxBytes) rotate()
      bytes += line.length
      attempt(() => out?.write(line))
    },
    reopen,
    flush: () => attempt(() => out?.flushSync()),
  }
}

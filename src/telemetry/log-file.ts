// Log lines in a file beside standard output. It is bounded: once it is full it becomes FILE.1, in place of the last one,
// and another begins. A file that cannot be written costs its lines and one warning, never a request.
import { mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { createLogOutput, openLogDestination } from './log-output.ts'

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
  /** Called once. */
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
  let out: ReturnType<typeof openLogDestination> | null = null
  const output = createLogOutput({
    out: {
      write: (line) => attempt(() => out?.write(line)),
      flush: () => attempt(() => out?.flush()),
    },
  })
  let bytes = 0
  attempt(() => {
    mkdirSync(dirname(path), { recursive: true })
    bytes = sizeOf(path)
    out = openLogDestination({ dest: path, mode: 0o600 }, fail)
  })
  const reopen = (): void =>
    attempt(() => {
      output.flush() // into the file that was moved away
      out?.reopen()
      bytes = sizeOf(path)
    })
  const rotate = (): void =>
    attempt(() => {
      output.flush()
      renameSync(path, `${path}.1`)
      reopen()
    })
  return {
    write: (line) => {
      if (bytes > 0 && bytes + line.length > maxBytes) rotate()
      bytes += line.length
      output.write(line)
    },
    reopen,
    flush: output.flush,
  }
}

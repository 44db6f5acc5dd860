// The compiled server as a child process: its log line by line, and its end.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from '../../src/config/project-root.ts'

const MAIN = join(projectRoot(), 'dist/src/main.js')

export interface LogLine {
  level: string
  msg: string
  [field: string]: unknown
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface ServerProcess {
  child: ChildProcess
  log: LogLine[]
  stderr: () => string
  exit: Promise<Exit>
  /** The first log line that matches, now or later. @throws where the process ends before */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>
}

const parseLine = (line: string): LogLine => {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return { level: 'raw', msg: line }
  }
}

/** The lines of a log as they come. */
export interface FollowedLog {
  readonly lines: LogLine[]
  add(line: string): void
  /** Nothing comes any more; `why` makes the error of whoever still waits. */
  end(why: () => string): void
  /** The first line that matches, now or later. @throws once the log has ended without it */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>
}

export const createFollowedLog = (): FollowedLog => {
  const lines: LogLine[] = []
  const watchers = new Set<() => void>()
  const wake = () => {
    for (const watcher of watchers) watcher()
  }
  let ended: (() => string) | null = null
  return {
    lines,
    add: (line) => {
      lines.push(parseLine(line))
      wake()
    },
    end: (why) => {
      ended = why
      wake()
    },
    logged: (matches) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find(matches)
          if (!found && !ended) return
          watchers.delete(look)
          if (found) resolve(found)
          else reject(new Error(ended?.()))
        }
        watchers.add(look)
        look()
      }),
  }
}

/** Starts the server in `dir`. */
export const spawnServer = (dir: string, env: NodeJS.ProcessEnv): ServerProcess =>
  followServer(
    spawn(process.execPath, [MAIN], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] }),
  )

/** Reads the log of a server that was started otherwise, its output piped. */
export const followServer = (child: ChildProcess): ServerProcess => {
  const { lines, add, end, logged } = createFollowedLog()
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', add)
  const exit = once(child, 'close').then(([code, signal]) => {
    end(() => `the server ended: ${stderr || JSON.stringify(lines.slice(-3))}`)
    return { code, signal } as Exit
  })
  return { child, log: lines, stderr: () => stderr, exit, logged }
}

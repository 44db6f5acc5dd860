// Setup of vitest's project `quick`: whatever starts a process there fails its test, even where the code under test goes on
// without that process. So the list WITH_PROCESSES of vitest.config.ts cannot fall behind.
import childProcess, { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { afterEach } from 'vitest'

const PATCHED = Symbol.for('signalbox.test.started-processes')
const shared = globalThis as { [PATCHED]?: string[] }

const refuse = (started: string[]): never => {
  const message =
    'A test of the project `quick` starts a process: name its file in WITH_PROCESSES of vitest.config.ts.'
  started.push(message)
  throw new Error(message)
}

/** Refuses every way to start a process, once for all files that share this worker. @returns what was refused */
const guard = (): string[] => {
  const started: string[] = []
  // spawn, fork, exec and execFile all come to this method; each of the others has a way of its own.
  Object.assign(ChildProcess.prototype, { spawn: () => refuse(started) })
  childProcess.spawnSync = () => refuse(started)
  childProcess.execSync = () => refuse(started)
  childProcess.execFileSync = () => refuse(started)
  syncBuiltinESMExports()
  return started
}

shared[PATCHED] ??= guard()

/** What was refused since the last call. */
export const takeRefused = (): string[] => shared[PATCHED]?.splice(0) ?? []

afterEach(() => {
  const [first] = takeRefused()
  if (first !== undefined) throw new Error(first)
})

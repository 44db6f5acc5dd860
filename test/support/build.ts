// Before the suite: compiles once, since child processes and worker threads run from dist/, as they do for users; takes the
// digest of what was compiled, under which built test data is kept (shared-data.ts); and puts temporary files in memory.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the compiled server. */
    buildDigest: string
  }
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const BUILT_DATA_DIR = join(ROOT, 'node_modules/.cache/signalbox-test-data')
const OLD_MS = 24 * 60 * 60 * 1_000

const digestOf = (dir: string): string => {
  const hash = createHash('sha256')
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  for (const name of names.filter((file) => file.endsWith('.js')).sort()) {
    hash.update(`${name}\0`).update(readFileSync(join(dir, name)))
  }
  return hash.update(readFileSync(join(ROOT, 'models/lock.json'))).digest('hex')
}

/** What other builds have left. */
const removeOldData = (): void => {
  mkdirSync(BUILT_DATA_DIR, { recursive: true })
  const names = readdirSync(BUILT_DATA_DIR)
  for (const path of names.map((name) => join(BUILT_DATA_DIR, name))) {
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true })
  }
}

/** Where Linux has a file system in memory. */
const MEMORY = '/dev/shm'
/** The largest tests write models. */
const LEAST_FREE_BYTES = 4_000_000_000

const takesTests = (): boolean => {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
    const options = mounts.find((line) => line.split(' ')[1] === MEMORY)?.split(' ')[3]
    const { bavail, bsize } = statfsSync(MEMORY)
    return options?.includes('noexec') === false && bavail * bsize >= LEAST_FREE_BYTES
  } catch {
    return false
  }
}

let inMemory: string | null = null

/** Databases and generations sync all that they write, for which a disk takes milliseconds, thousands of times in a run. */
const keepInMemory = (): void => {
  if (process.env.TMPDIR !== undefined || !takesTests()) return
  inMemory = mkdtempSync(join(MEMORY, 'signalbox-tests-'))
  process.env.TMPDIR = inMemory
}

export const teardown = (): void => {
  if (inMemory !== null) rmSync(inMemory, { recursive: true, force: true })
}

export const setup = (project: TestProject): void => {
  if (process.env.SIGNALBOX_SKIP_BUILD !== '1') {
    execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' })
  }
  project.provide('buildDigest', digestOf(join(ROOT, 'dist/src')))
  removeOldData()
  keepInMemory()
}

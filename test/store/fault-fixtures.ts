// Helpers of the fault tests: child processes that speak in lines, and worker entries that misbehave.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { entryPoint } from '../../src/jobs/entry-point.ts'
import {
  startWorkerThread,
  type WorkerThread,
  type WorkerThreadOptions,
} from '../../src/store/sqlite/worker-thread.ts'

const compiled = (path: string): string =>
  entryPoint(new URL('../../src/store/x.ts', import.meta.url).href, `./${path}.js`).href

export interface LineProcess {
  process: ChildProcess
  /** All complete lines it has written, in order. */
  lines: string[]
  /** Resolves with the first line that is or will be written and fits. */
  line(fits: (line: string) => boolean): Promise<string>
  /** SIGKILL; resolves when it is gone and its output is read to the end. */
  kill(): Promise<void>
}

/** Runs `source` as an ES module in a process of its own; the placeholder STORE is the compiled store's URL. */
export const startModule = (folder: string, source: string, args: string[]): LineProcess => {
  const file = join(folder, 'child.mjs')
  writeFileSync(file, resolveNames(source))
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')])
  reader.on('line', (line) => lines.push(line))
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return {
    process: child,
    lines,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find(fits)
          if (found === undefined) return
          reader.off('line', look)
          resolve(found)
        }
        reader.on('line', look)
        reader.once('close', () => reject(new Error('the child ended without the line')))
        look()
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Writes a worker entry that runs `before` and then the real worker; `flag(name)` is true the first time only. */
const workerEntry = (folder: string, before: string): URL => {
  const file = join(folder, `worker-${process.hrtime.bigint()}.mjs`)
  const flag = `import { closeSync, openSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
const flag = (name) => {
  try { closeSync(openSync(${JSON.stringify(folder)} + '/flag-' + name, 'wx')); return true } catch { return false }
}
`
  writeFileSync(
    file,
    `${flag}${before}\nawait import(${JSON.stringify(compiled('sqlite/worker'))})\n`,
  )
  return new URL(`file://${file}`)
}

/** Starts the thread with such an entry. */
export const threadRunning =
  (folder: string, before: string) =>
  (options: WorkerThreadOptions): WorkerThread =>
    startWorkerThread({ ...options, entry: workerEntry(folder, before) })

/** Runs `source` to its end and gives back what it wrote. */
export const runModule = (
  folder: string,
  source: string,
  options: { args: string[]; env: Record<string, string> },
): string => {
  const file = join(folder, 'module.mjs')
  writeFileSync(file, resolveNames(source))
  return execFileSync(process.execPath, [file, ...options.args], {
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
  })
}

const resolveNames = (source: string): string =>
  source
    .replaceAll('STORE', compiled('sqlite/sqlite-store'))
    .replaceAll("'ENGINE'", `'${compiled('sqlite/engine')}'`)
    .replaceAll("'BATCH'", `'${compiled('sqlite/batch')}'`)
    .replaceAll("'MIGRATIONS'", `'${compiled('sqlite/migrations')}'`)
    .replaceAll("'ROWS'", `'${compiled('sqlite/rows')}'`)
    .replaceAll('DATA_LOCK', compiled('data-lock'))
    .replaceAll('BETTER_SQLITE3', import.meta.resolve('better-sqlite3'))

const LOCK_HOLDER = `
import Database from 'BETTER_SQLITE3'
const client = new Database(process.argv[2], { timeout: 10000 })
client.exec('BEGIN IMMEDIATE')
console.log('locked')
process.stdin.once('data', () => {
  client.exec('COMMIT')
  client.close()
  console.log('released')
  process.exit(0)
})
`

/** Another process that holds the write lock of `file` until it is told to release it. */
export const holdWriteLock = async (
  folder: string,
  file: string,
): Promise<{ release(): Promise<void> }> => {
  const holder = startModule(folder, LOCK_HOLDER, [file])
  await holder.line((line) => line === 'locked')
  return {
    release: async () => {
      holder.process.stdin?.write('release\n')
      await holder.line((line) => line === 'released')
    },
  }
}

const READER = `
import Database from 'BETTER_SQLITE3'
const client = new Database(process.argv[2], { readonly: true })
client.exec('BEGIN')
client.prepare('SELECT count(*) FROM decisions').get()
console.log('reading')
process.stdin.once('data', () => {
  client.exec('COMMIT')
  client.close()
  console.log('released')
  process.exit(0)
})
`

/** Another process that reads `file` as it is now, until it is told to stop. */
export const holdReader = async (
  folder: string,
  file: string,
): Promise<{ release(): Promise<void> }> => {
  const reader = startModule(folder, READER, [file])
  await reader.line((line) => line === 'reading')
  return {
    release: async () => {
      reader.process.stdin?.write('release\n')
      await reader.line((line) => line === 'released')
    },
  }
}

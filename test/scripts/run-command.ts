// Runs `signalbox` commands in a folder of its own with a small configuration and training data. In this process, which has
// loaded the commands' modules and started their encoders once; as a process where the process itself is what a test is about.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { stringify } from 'yaml'
import { exampleConfig, exampleTraining, writeTraining } from '../support/training-folder.ts'

export interface CommandResult {
  exitCode: number
  stdout: string
  stderr: string
}

type Run = (args: string[], input?: string) => Promise<CommandResult>

export interface Workspace {
  dir: string
  /** Runs `signalbox ...args` there, one after the other, in this process. */
  run: Run
  /** The same as a process of its own, as a shell starts it. */
  runProcess: Run
}

interface Place {
  dir: string
  env: Record<string, string>
}

const BIN = fileURLToPath(new URL('../../dist/scripts/signalbox.js', import.meta.url))

const runProcess =
  ({ dir, env }: Place): Run =>
  async (args, input = '') => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: dir,
      env: { ...process.env, ...env },
    })
    child.stdin.end(input)
    const [stdout, stderr, [exitCode]] = await Promise.all([
      readAll(child.stdout),
      readAll(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ])
    return { exitCode, stdout, stderr }
  }

/** Makes the place this process's own, with `input` to read. @returns what undoes it */
const enter = ({ dir, env }: Place, input: string): (() => void) => {
  const home = process.cwd()
  const before = { ...process.env }
  const known = new Set(process.listeners('exit'))
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor
  process.chdir(dir)
  Object.assign(process.env, env)
  Object.defineProperty(process, 'stdin', { ...stdin, get: () => Readable.from([input]) })
  return () => {
    Object.defineProperty(process, 'stdin', stdin)
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
    // A command's logger waits for the end of its process, which does not come: node would warn of so many who listen.
    for (const one of process.listeners('exit')) if (!known.has(one)) process.off('exit', one)
    process.chdir(home)
  }
}

/** What is written to a stream of this process from now on, and not shown. */
const capture = (stream: NodeJS.WriteStream) => {
  const written: string[] = []
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    written.push(String(chunk))
    return true
  })
  return { text: () => written.join(''), restore: () => spy.mockRestore() }
}

const runHere =
  (place: Place): Run =>
  async (args, input = '') => {
    // Loaded by the first command: what only starts a server needs none of it.
    const { runProgram } = await import('../../scripts/program.ts')
    const { keepEncoders } = await import('../../scripts/terminal/command-encoder.ts')
    keepEncoders()
    const leave = enter(place, input)
    const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)]
    try {
      await runProgram(args)
      const exitCode = Number(process.exitCode ?? 0)
      return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
    } finally {
      process.exitCode = undefined
      stderr.restore()
      stdout.restore()
      leave()
    }
  }

/** A workspace in `dir`: signalbox.yaml with three routes, 21 exemplars, an empty data folder. */
export const createWorkspace = async (dir: string): Promise<Workspace> => {
  const { providers, models, routes, default_route } = exampleConfig()
  const config = stringify({ providers, models, routes, default_route })
  await writeFile(join(dir, 'signalbox.yaml'), config)
  await writeTraining(join(dir, 'training-data'), exampleTraining())
  const place = { dir, env: { SIGNALBOX_DATA: join(dir, 'data'), SIGNALBOX_CONFIG: '' } }
  return { dir, run: runHere(place), runProcess: runProcess(place) }
}

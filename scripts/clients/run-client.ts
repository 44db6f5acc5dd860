// One client's task: installed into a folder of its own, started with a home of its own, and judged by the file that the
// task leaves behind.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { FakeModel } from '../rig/fake-model.ts'
import type { Client } from './client.ts'

export interface Outcome {
  name: string
  package: string
  dialect: Client['dialect']
  isDone: boolean
  /** The tool that was called, or why there was none. */
  detail: string
  seconds: number
}

export interface RunOptions {
  /** Of all clients; each has a folder in it. */
  folder: string
  routerUrl: string
  model: FakeModel
  /** Called before the start with the command that the fake model asks to run. */
  setCommand: (command: string) => void
}

const INSTALL_TIMEOUT_MS = 600_000
const RUN_TIMEOUT_MS = 180_000
const TAIL_CHARS = 200

const install = async (folder: string, client: Client): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const flags = [
    '--no-audit',
    '--no-fund',
    ...(client.hasInstallScript ? [] : ['--ignore-scripts']),
  ]
  const args = ['install', '--prefix', folder, ...flags, ...client.packages]
  await promisify(execFile)('npm', args, { timeout: INSTALL_TIMEOUT_MS })
}

const lastWords = (text: string): string =>
  text.replace(/\s+/g, ' ').trim().slice(-TAIL_CHARS) || 'it said nothing'

/** Nothing but the router is to be reached: whatever honours a proxy meets one that is not there. */
const LOCKED_IN = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  http_proxy: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
  DO_NOT_TRACK: '1',
  CI: '1',
}

interface Ended {
  code: number | null
  output: string
}

const runCommand = async (
  [name, ...args]: [string, ...string[]],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Ended> => {
  const child = spawn(name, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  // With all that it has started: whatever is left of it would hold its output open, and the script.
  const endGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // none of it is left
    }
  }
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const timer = setTimeout(() => {
    output += ` (ended after ${RUN_TIMEOUT_MS / 1_000} s)`
    endGroup()
  }, RUN_TIMEOUT_MS)
  child.once('exit', endGroup)
  const [code] = await once(child, 'close').catch((error: Error) => {
    output += error.message
    return [null]
  })
  clearTimeout(timer)
  return { code, output }
}

const writeFiles = async (home: string, files: Record<string, string>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text)
  }
}

type Verdict = Pick<Outcome, 'isDone' | 'detail'>

/** @throws where it cannot be installed or its files cannot be written */
const doTask = async (client: Client, root: string, options: RunOptions): Promise<Verdict> => {
  const [home, work] = [join(root, 'home'), join(root, 'work')]
  const proof = join(work, 'proof.txt')
  await install(root, client)
  await mkdir(work, { recursive: true })
  options.setCommand(`printf done > '${proof}'`)
  const called = options.model.called.length
  const task = 'Write the word "done" into the file proof.txt of this folder with a shell command.'
  const run = client.run({ url: options.routerUrl, home, task })
  await writeFiles(home, run.files)
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const env = { PATH: path, HOME: home, TERM: 'dumb', ...LOCKED_IN, ...run.env }
  const { code, output } = await runCommand(run.command, { cwd: work, env })
  const tool = options.model.called[called]
  const isWritten =
    client.judgesItself || (await readFile(proof, 'utf8').catch(() => '')) === 'done'
  return code === 0 && isWritten && tool !== undefined
    ? { isDone: true, detail: `called ${tool}` }
    : {
        isDone: false,
        detail: `exit code ${code}, called ${tool ?? 'no tool'}: ${lastWords(output)}`,
      }
}

/** Never throws: one client that fails leaves the others theirs. */
export const runClient = async (client: Client, options: RunOptions): Promise<Outcome> => {
  const startedMs = performance.now()
  const root = join(options.folder, client.name.toLowerCase().replace(/\W/g, '-'))
  const verdict = await doTask(client, root, options).catch((error: unknown) => ({
    isDone: false,
    detail: lastWords(String(error)),
  }))
  return {
    name: client.name,
    package: client.packages[0] ?? '',
    dialect: client.dialect,
    ...verdict,
    seconds: Math.round((performance.now() - startedMs) / 1_000),
  }
}

// Drives the real, compiled server as a process, in a folder of its own with a small training set: start, ask, signal, read
// its log, and run `signalbox` commands on the same data. What it waits for are log lines and exits, never a while.
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import {
  createFollowedLog,
  type Exit,
  type LogLine,
  type ServerProcess,
  spawnServer,
} from '../../scripts/rig/server-process.ts'
import { type CommandResult, createWorkspace } from '../scripts/run-command.ts'
import { type ServerHere, startHere } from './server-here.ts'
import { copySharedData } from './shared-data.ts'
import { exampleConfig, exampleTraining, writeTraining } from './training-folder.ts'

export type { LogLine } from '../../scripts/rig/server-process.ts'

/** A decision as /v1/route answers it, as far as tests read it. */
export interface RoutedJson {
  id: string
  route: string
  reason: string
  degraded_by: string | null
  index_generation: number | null
  confidence: number | null
  neighbours: { exemplar_id: string; route: string; similarity: number; text: string | null }[]
}

/** A server that answers, wherever it runs. */
export interface AnsweringServer {
  readonly url: string
  log(): readonly LogLine[]
  /** The first log line that matches, now or later. @throws where the server ends before */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>
  post(path: string, body: unknown): Promise<Response>
  /** POST /v1/route. @throws on any status but 200 */
  route(prompt: string): Promise<RoutedJson>
  /** The value of a metric without labels, or with the exact label text given. */
  metric(name: string): Promise<number>
  stop(): Promise<unknown>
}

export interface RunningServer extends AnsweringServer {
  readonly pid: number
  /** Resolves when the process has ended. */
  readonly exit: Promise<Exit>
  stderr(): string
  /** Process ids of its encoder processes. */
  encoderPids(): number[]
  kill(signal: NodeJS.Signals): void
  /** SIGTERM, and waits for the end. */
  stop(): Promise<Exit>
}

export interface StartOptions {
  env?: Record<string, string>
  /** The log message that is waited for; `listening` comes before the encoder is warm. */
  until?: 'ready' | 'listening'
}

export interface Site {
  readonly dir: string
  readonly dataDir: string
  readonly indexDir: string
  readonly trainingDir: string
  readonly databaseFile: string
  /** Overwrites signalbox.yaml: the example configuration with `overrides` on the top level. */
  configure(overrides: object): Promise<void>
  start(options?: StartOptions): Promise<RunningServer>
  /** Starts the server in this process, and waits until it is ready. */
  startHere(options?: Pick<StartOptions, 'env'>): Promise<AnsweringServer>
  /** Starts what is expected to end by itself, and waits for its end. */
  startAndFail(options?: StartOptions): Promise<Exit & { stderr: string; log: readonly LogLine[] }>
  /** `signalbox ...args` on the same data. */
  run(args: string[], input?: string): Promise<CommandResult>
  /** Kills what still runs, and removes the folder. */
  remove(): Promise<void>
}

export interface SiteOptions {
  config?: object
  /** Files of training-data/ instead of the example's. */
  training?: Record<string, string | object[]>
  /** Whether the data folder begins with the index that a first start builds (the default) or empty. */
  index?: 'shared' | 'none'
}

/** Errors and warnings, but not that the machine gave the process no processor for a while. */
export const troublesIn = (log: readonly LogLine[]): LogLine[] =>
  log.filter(
    ({ level, msg }) =>
      (level === 'error' || level === 'warn') && msg !== 'the event loop stood still',
  )

/** A crowded machine may hold up one prompt for a second: only tests of the deadline itself set a short one. */
const PATIENT = { encoder: { deadline_ms: 10_000 } }

/** Encoder processes whose parent is `pid`. */
const encoderPidsOf = (pid: number): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((found) => Number(found?.[2]) === pid && /encoder\/child\.js/.test(found?.[3] ?? ''))
    .map((found) => Number(found?.[1]))

const metricIn = (text: string, name: string): number => {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  if (line === undefined) throw new Error(`/metrics has no ${name}`)
  return Number(line.slice(name.length + 1))
}

const asking = (url: string): Pick<AnsweringServer, 'url' | 'post' | 'route' | 'metric'> => {
  const post = (path: string, body: unknown) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    url,
    post,
    route: async (prompt) => {
      const response = await post('/v1/route', { prompt })
      if (response.status === 200) return (await response.json()) as RoutedJson
      throw new Error(`/v1/route answered ${response.status}: ${await response.text()}`)
    },
    metric: async (name) => metricIn(await (await fetch(`${url}/metrics`)).text(), name),
  }
}

const toRunning = (
  { child, log, stderr, exit, logged }: ServerProcess,
  url: string,
): RunningServer => {
  const pid = child.pid as number
  return {
    ...asking(url),
    pid,
    exit,
    log: () => log,
    stderr,
    logged,
    encoderPids: () => encoderPidsOf(pid),
    kill: (signal) => void child.kill(signal),
    stop: () => {
      child.kill('SIGTERM')
      return exit
    },
  }
}

/** A folder with the example configuration on a free port, 21 exemplars of three routes, and their index. */
export const createSite = async (options: SiteOptions = {}): Promise<Site> => {
  const workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-site-')))
  const { dir } = workspace
  const trainingDir = join(dir, 'training-data')
  const dataDir = join(dir, 'data')
  const spawned: ServerProcess[] = []
  const here = new Set<ServerHere>()
  const configure = async (overrides: object): Promise<void> => {
    const { providers, models, routes, default_route } = exampleConfig()
    const base = { server: { port: 0 }, ...PATIENT, providers, models, routes, default_route }
    await writeFile(join(dir, 'signalbox.yaml'), stringify({ ...base, ...overrides }))
  }
  const base = { ...process.env, SIGNALBOX_DATA: dataDir, SIGNALBOX_CONFIG: '' }
  const spawnOne = ({ env = {} }: StartOptions): ServerProcess => {
    const server = spawnServer(dir, { ...base, ...env })
    spawned.push(server)
    return server
  }
  await configure(options.config ?? {})
  if (options.training) {
    await rm(trainingDir, { recursive: true })
    await writeTraining(trainingDir, options.training)
  }
  if (options.index !== 'none') {
    const { config = {}, training = exampleTraining() } = options
    await copySharedData({ config, training }, dataDir)
  }
  return {
    dir,
    dataDir,
    indexDir: join(dataDir, 'index'),
    trainingDir,
    databaseFile: join(dataDir, 'signalbox.db'),
    configure,
    start: async (startOptions = {}) => {
      const server = spawnOne(startOptions)
      const { url } = await server.logged(({ msg }) => msg === 'listening')
      if (startOptions.until !== 'listening') await server.logged(({ msg }) => msg === 'ready')
      return toRunning(server, String(url))
    },
    startHere: async ({ env = {} } = {}) => {
      const { lines, add, end, logged } = createFollowedLog()
      const server = await startHere(dir, { ...base, ...env }, add)
      here.add(server)
      await server.service.ready
      return {
        ...asking(server.url),
        log: () => lines,
        logged,
        stop: async () => {
          if (!here.delete(server)) return
          await server.close()
          end(() => `the server was stopped: ${JSON.stringify(lines.slice(-3))}`)
        },
      }
    },
    startAndFail: async (startOptions = {}) => {
      const server = spawnOne(startOptions)
      const exit = await server.exit
      return { ...exit, stderr: server.stderr(), log: server.log }
    },
    run: workspace.run,
    remove: async () => {
      await Promise.all([...here].map((server) => server.close()))
      for (const { child } of spawned) child.kill('SIGKILL')
      await Promise.all(spawned.map(({ exit }) => exit))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

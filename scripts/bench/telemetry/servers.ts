// Two servers of the same build and routes in front of the same fake provider: one tells nothing, the other everything (traces of
// every request, metrics that are scraped, a log on standard output and in a file, alerts that are looked for each second).
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { projectRoot } from '../../../src/config/project-root.ts'
import { type Serving, startServing } from '../../rig/built-server.ts'
import { cpuMs } from '../../rig/process-cpu.ts'
import type { Target } from '../gateway/load.ts'

export interface TelemetryServers {
  /** `off`, then `on`; a model is pinned. */
  targets: Target[]
  /** Of the server that tells everything. */
  url: string
  stop(): Promise<void>
}

const QUIET = { telemetry: { log_level: 'silent' }, alerts: { enabled: false } }

const telling = (collector: string) => ({
  telemetry: {
    log_level: 'info',
    log_file: 'signalbox.log',
    otel: { endpoint: collector },
  },
  alerts: { interval_seconds: 5 },
})

const configOf = (upstream: string, telemetry: object) => ({
  providers: { fake: { kind: 'openai', base_url: `${upstream}/v1` } },
  models: {
    large: {
      provider: 'fake',
      name: 'bench-model',
      input_usd_per_million: 1,
      output_usd_per_million: 2,
    },
  },
  routes: { code: { models: ['large'] }, general: { models: ['large'] } },
  default_route: 'general',
  unknown_model: 'default',
  training_data: 'training-data',
  ...telemetry,
})

const exemplars = ['Fix this loop', 'Write a function', 'Why does it not compile?'].map((text) =>
  JSON.stringify({ text, route: 'code' }),
)

const BODY = {
  model: 'large',
  max_tokens: 512,
  messages: [{ role: 'user', content: 'Merge two sorted lists into one without sorting again.' }],
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** One that logs nothing does not say that it serves: it is asked. Prompts are pinned, so that it need not be ready. */
const untilServing = async (url: string, child: ChildProcess): Promise<void> => {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode}.`)
    const isServing = await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isServing) return
    await sleep(200)
  }
}

/** Its log goes nowhere: to read it would cost the bench, not the server. */
const startOne = async (dir: string, config: object): Promise<Serving> => {
  await mkdir(join(dir, 'training-data'), { recursive: true })
  await writeFile(join(dir, 'training-data', 'code.jsonl'), `${exemplars.join('\n')}\n`)
  await writeFile(join(dir, 'signalbox.yaml'), stringify(config))
  const port = await freePort()
  const own = { SIGNALBOX_DATA: join(dir, 'data'), SIGNALBOX_CONFIG: '', PORT: String(port) }
  const child = spawn(process.execPath, [join(projectRoot(), 'dist/src/main.js')], {
    cwd: dir,
    env: { ...process.env, ...own },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  await untilServing(url, child)
  return {
    url,
    cpuMs: () => cpuMs(child.pid),
    stop: async () => {
      const ended = once(child, 'close')
      child.kill('SIGTERM')
      await ended
    },
  }
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const startTelemetryServers = async (folder: string): Promise<TelemetryServers> => {
  const running: { stop(): Promise<void> }[] = []
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting
    running.push(started)
    return started
  }
  const helper = { dir: folder, env: process.env, until: 'listening' as const }
  const upstream = await keep(startServing([script('../gateway/fake-upstream.js')], helper))
  const collector = await keep(startServing([script('./collector.js')], helper))
  const off = await keep(startOne(join(folder, 'off'), configOf(upstream.url, QUIET)))
  const config = configOf(upstream.url, telling(collector.url))
  const on = await keep(startOne(join(folder, 'on'), config))
  const targetOf = (name: string, { url, cpuMs: cpu }: Serving): Target => ({
    name,
    url: `${url}/v1/chat/completions`,
    headers: {},
    body: BODY,
    cpuMs: cpu,
  })
  return {
    targets: [targetOf('off', off), targetOf('on', on)],
    url: on.url,
    stop: async () => {
      for (const one of running.splice(0).reverse()) await one.stop()
    },
  }
}

// How long the server's event loop stands still: idle, under long prompts, and through a rebuild with its swap.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { stringify } from 'yaml'
import { defaultConfig } from '../../src/config/default-config.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { type BuiltServer, startBuiltServer } from './built-server.ts'
import type { LoopGapLine } from './loop-probe.ts'
import { writeSyntheticTraining } from './synthetic-training.ts'

export type PhaseName = 'idle' | 'prompts' | 'rebuild'

export interface Phase extends Pick<LoopGapLine, 'longestWallMs' | 'longestOwnMs'> {
  name: PhaseName
  durationMs: number
  requests: number
  /** Answered otherwise than with 200, or not at all. */
  failed: number
  /** Answered by the default route because something was late or down. */
  degraded: number
}

export interface LoopGapsOptions {
  exemplars: number
  /** How long the idle server is watched. */
  idleMs: number
  /** Prompts of 500 words, sent all at once. */
  longPrompts: number
}

interface Tally {
  requests: number
  failed: number
  degraded: number
  generation: number
}

/** A rebuilt index is served within 500 ms; the old one is still to be collected then. */
const AFTER_SWAP_MS = 3_000
const CALLERS = 2

const newTally = (): Tally => ({ requests: 0, failed: 0, degraded: 0, generation: 0 })

const ask = async (server: BuiltServer, content: string, tally: Tally): Promise<void> => {
  tally.requests += 1
  try {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
    })
    await response.text()
    if (response.status !== 200) tally.failed += 1
    if (response.headers.get('x-router-reason') === 'degraded') tally.degraded += 1
    tally.generation = Number(response.headers.get('x-router-index-version') ?? tally.generation)
  } catch {
    tally.failed += 1 // what failed is a figure here
  }
}

const phase = async (
  name: PhaseName,
  server: BuiltServer,
  work: (tally: Tally) => Promise<void>,
): Promise<Phase> => {
  const tally = newTally()
  await server.readGap()
  const startedAt = performance.now()
  await work(tally)
  const { longestWallMs, longestOwnMs } = await server.readGap()
  const { requests, failed, degraded } = tally
  const durationMs = Math.round(performance.now() - startedAt)
  return { name, durationMs, requests, failed, degraded, longestWallMs, longestOwnMs }
}

const longPrompt = (n: number): string =>
  `Prompt ${n}. ${Array.from({ length: 500 }, (_, i) => ['river', 'stone', 'paper', 'light'][(n + i) % 4]).join(' ')}`

const runRebuild = async (dir: string): Promise<void> => {
  const bin = join(projectRoot(), 'dist/scripts/signalbox.js')
  const child = spawn(process.execPath, [bin, 'rebuild', '--force', '--json'], {
    cwd: dir,
    env: { ...process.env, SIGNALBOX_DATA: join(dir, 'data'), SIGNALBOX_CONFIG: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`signalbox rebuild ended with code ${code}.`)
}

/** Callers keep asking until the rebuild is done, its generation serves, and the one before is gone. */
const rebuildUnderTraffic = async (dir: string, server: BuiltServer, tally: Tally) => {
  let isOver = false
  const call = async (caller: number): Promise<void> => {
    for (let n = 0; !isOver; n++) await ask(server, `Question ${n} of caller ${caller}`, tally)
  }
  const callers = Array.from({ length: CALLERS }, (_, caller) => call(caller))
  try {
    await ask(server, 'Which generation serves now?', tally)
    const before = tally.generation
    await runRebuild(dir)
    while (tally.generation === before) await wait(50)
    await wait(AFTER_SWAP_MS)
  } finally {
    isOver = true
    await Promise.all(callers)
  }
}

const prepare = async (dir: string, { exemplars }: LoopGapsOptions): Promise<void> => {
  // No prompt is to be given up on a crowded machine: it would be answered without the work that is measured.
  const input = { ...defaultConfig({}), encoder: { deadline_ms: 30_000 } }
  const config = checkConfig(input, 'The configuration of the measurement')
  const routes = Object.keys(config.routes).filter((route) => route !== config.default_route)
  await mkdir(join(dir, 'data'), { recursive: true })
  await writeFile(join(dir, 'signalbox.yaml'), stringify(input))
  const trainingDir = join(dir, 'training-data')
  const cacheDir = join(dir, 'data', 'cache')
  await writeSyntheticTraining({ config, count: exemplars, routes, trainingDir, cacheDir })
}

/** Idle, long prompts and a rebuild, in this order, on one server with `exemplars` made-up exemplars. */
export const measureLoopGaps = async (dir: string, options: LoopGapsOptions): Promise<Phase[]> => {
  let server: BuiltServer | null = null
  try {
    await prepare(dir, options)
    const started = await startBuiltServer(dir, { isProbed: true })
    server = started
    const prompts = Array.from({ length: options.longPrompts }, (_, n) => longPrompt(n))
    return [
      await phase('idle', started, () => wait(options.idleMs)),
      await phase('prompts', started, async (tally) => {
        await Promise.all(prompts.map((prompt) => ask(started, prompt, tally)))
      }),
      await phase('rebuild', started, (tally) => rebuildUnderTraffic(dir, started, tally)),
    ]
  } finally {
    await server?.stop()
  }
}

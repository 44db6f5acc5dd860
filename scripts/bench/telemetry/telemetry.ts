// `npm run bench:telemetry`: what traces, metrics, logs and alerts cost a pinned request, all on against all off in one
// interleaved run, and how long a scrape takes once many users, sessions and models have been seen.
import autocannon from 'autocannon'
import { note } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'
import { type Cell, measure, type Target, warmUp } from '../gateway/load.ts'
import { countOption, runBench } from '../harness.ts'
import { median, quantile } from '../summary.ts'
import { startTelemetryServers } from './servers.ts'

interface Options {
  seconds: number
  rounds: number
  warmUp: number
  seen: number
}

interface Scrapes {
  series: number
  p50Ms: number
  p95Ms: number
}

const CONNECTIONS = 16
/** Few enough that a busy machine is not overloaded: it is about what is seen, not how fast. */
const SEEING_CONNECTIONS = 8
const SCRAPES = 30
const SCRAPE_EVERY_MS = 1_000
const MOST_SLOWER = 0.1
const MOST_SCRAPE_MS = 20

const scrapeOnce = async (url: string): Promise<{ ms: number; series: number }> => {
  const startedAt = performance.now()
  const text = await (await fetch(`${url}/metrics`)).text()
  const ms = performance.now() - startedAt
  return { ms, series: text.split('\n').filter((line) => /^[a-z]/.test(line)).length }
}

const scrapeMany = async (url: string): Promise<Scrapes> => {
  const all: { ms: number; series: number }[] = []
  for (let i = 0; i < SCRAPES; i += 1) all.push(await scrapeOnce(url))
  const times = all.map(({ ms }) => ms)
  const series = all.at(-1)?.series ?? 0
  return { series, p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95) }
}

/** While it is measured it is scraped, as a Prometheus in a hurry would. */
const measureScraped = async (target: Target, seconds: number, url: string): Promise<Cell> => {
  const scraping = setInterval(() => void scrapeOnce(url), SCRAPE_EVERY_MS)
  try {
    return await measure(target, { isStream: false, connections: CONNECTIONS, seconds })
  } finally {
    clearInterval(scraping)
  }
}

const measureRounds = async (
  targets: Target[],
  url: string,
  options: Options,
): Promise<Cell[][]> => {
  const cells: Cell[][] = targets.map(() => [])
  for (let round = 0; round < options.rounds; round += 1) {
    note(`round ${round + 1} of ${options.rounds}`)
    const order = targets.map((_, i) => i)
    for (const i of round % 2 ? order.reverse() : order) {
      const target = targets[i] as Target
      const load = { isStream: false, connections: CONNECTIONS, seconds: options.seconds }
      const cell =
        target.name === 'on'
          ? await measureScraped(target, options.seconds, url)
          : await measure(target, load)
      cells[i]?.push(cell)
    }
  }
  return cells
}

/** So many requests, each with a user, a session and a model of its own. */
const seeMany = async ({ url, body }: Target, amount: number): Promise<void> => {
  let n = 0
  const setupRequest = (request: object) => {
    n += 1
    return {
      ...request,
      headers: { 'content-type': 'application/json', 'x-session-id': `session-${n}` },
      body: JSON.stringify({ ...body, model: `gpt-${n}`, user: `user-${n}` }),
    }
  }
  const requests = [{ method: 'POST' as const, setupRequest }]
  const result = await autocannon({ url, connections: SEEING_CONNECTIONS, amount, requests })
  if (result.non2xx + result.errors > 0) {
    throw new Error(`${result.non2xx + result.errors} of ${amount} requests failed`)
  }
}

const summary = (cells: Cell[]) => ({
  requestsPerSecond: median(cells.map(({ requestsPerSecond }) => requestsPerSecond)),
  p50Ms: median(cells.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(cells.map(({ p99Ms }) => p99Ms)),
  cpuMs: median(cells.map(({ cpuMs }) => cpuMs ?? Number.NaN)),
})

/** Rounds are pairs, measured one after the other: the median of their ratios bears a machine that gets busier. */
const ratioOf = (off: Cell[], on: Cell[], read: (cell: Cell) => number): number =>
  median(off.map((cell, i) => read(on[i] as Cell) / read(cell)))

const run = async (options: Options, folder: string) => {
  note('starting the servers')
  const servers = await startTelemetryServers(folder)
  try {
    for (const target of servers.targets) await warmUp(target, options.warmUp)
    const [off = [], on = []] = await measureRounds(servers.targets, servers.url, options)
    const before = await scrapeMany(servers.url)
    note(`${options.seen} requests with a user, a session and a model of their own`)
    await seeMany(servers.targets[1] as Target, options.seen)
    const after = await scrapeMany(servers.url)
    return {
      off: summary(off),
      on: summary(on),
      throughputRatio: ratioOf(off, on, ({ requestsPerSecond }) => requestsPerSecond),
      cpuRatio: ratioOf(off, on, ({ cpuMs }) => cpuMs ?? Number.NaN),
      seen: options.seen,
      scrape: { before, after },
    }
  } finally {
    await servers.stop()
  }
}

type Result = Awaited<ReturnType<typeof run>>

const rowOf = (
  name: string,
  { requestsPerSecond, p50Ms, p99Ms, cpuMs }: Result['off'],
): string[] => [
  name,
  requestsPerSecond.toFixed(0),
  p50Ms.toFixed(2),
  p99Ms.toFixed(2),
  cpuMs.toFixed(3),
]

const scrapeLine = (name: string, { series, p50Ms, p95Ms }: Scrapes): string[] => [
  name,
  String(series),
  p50Ms.toFixed(1),
  p95Ms.toFixed(1),
]

const describe = ({ off, on, throughputRatio, cpuRatio, scrape, seen }: Result): string[] => [
  ...table([
    ['pinned, whole answer', 'req/s', 'p50 ms', 'p99 ms', 'cpu ms'],
    rowOf('off', off),
    rowOf('on', on),
  ]),
  `throughput ${throughputRatio.toFixed(3)}× (at least ${1 - MOST_SLOWER}), processor time ${cpuRatio.toFixed(3)}×: medians of the rounds' ratios`,
  '',
  ...table([
    ['scraped', 'series', 'p50 ms', 'p95 ms'],
    scrapeLine('before', scrape.before),
    scrapeLine(`after ${seen} users, sessions and models`, scrape.after),
  ]),
]

await runBench<Options, Result>({
  name: 'bench:telemetry',
  description:
    'Measure what traces, metrics, logs and alerts cost a request, and how long a scrape takes.',
  options: [
    countOption('--seconds <n>', 'of each measurement', 3),
    countOption('--rounds <n>', 'of off and on', 7),
    countOption('--warm-up <n>', 'requests before measuring, of each kind', 2_000),
    countOption('--seen <n>', 'requests with a user, a session and a model of their own', 6_000),
  ],
  run,
  describe,
  isMet: ({ throughputRatio, scrape }) =>
    throughputRatio >= 1 - MOST_SLOWER &&
    scrape.after.p50Ms <= MOST_SCRAPE_MS &&
    scrape.after.series <= scrape.before.series * 1.2,
})

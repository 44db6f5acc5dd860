// `npm run bench:load`: what becomes of prompts at half to four times of what the encoder can take, and of 32 clients that wait
// for their answers; beside the way one would do it oneself (own-way.ts).
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Option } from 'commander'
import { projectRoot } from '../../../src/config/project-root.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { processCount } from '../../../src/encoder/process-count.ts'
import { buildModel } from '../../commands/build-model.ts'
import {
  type BuiltServer,
  type Serving,
  startBuiltServer,
  startServing,
} from '../../rig/built-server.ts'
import { note } from '../../terminal/output.ts'
import { countOption, runBench } from '../harness.ts'
import { withCores } from './cores.ts'
import type { Sweep, WaitingClients } from './load-goals.ts'
import { createPrompts } from './load-prompts.ts'
import { CLIENTS, describeOwn, describeSweep, type LoadResult, OWN_WORDS } from './load-report.ts'
import {
  type Answer,
  type Client,
  closedLoop,
  createClient,
  describeAnswers,
  openLoop,
  recoveryMs,
  withPings,
} from './open-loop.ts'

interface Options {
  quick?: boolean
  seconds?: number
  words: string[]
  processes: string[]
  data?: string
  own: boolean
}

const FACTORS = [0.5, 0.8, 1, 1.5, 2, 4]
const QUICK_FACTORS = [0.5, 1, 2, 4]
const SECONDS = 10
const QUICK_SECONDS = 3
/** Enough in flight that no process waits, too few to be refused. */
const IN_FLIGHT = 3
/** Prompts that the words decided and that are asked again at leisure. */
const ASKED_AGAIN = 100

const configFor = (processes: string): string => `providers: { echo: { kind: echo } }
models: { small: { provider: echo, name: small } }
routes: { ${ROUTES.map((route) => `${route}: { models: [small] }`).join(', ')}, general: { models: [small] } }
default_route: general
encoder: { processes: ${processes} }
`

const ROUTES = [
  ...['advice', 'code', 'data_analysis', 'extraction', 'knowledge', 'math', 'reasoning'],
  ...['rewriting', 'smalltalk', 'summarisation', 'translation', 'writing'],
]

/** How often the words, before the encoder or instead of it, gave the route of the full decision. */
const agreementOf = async ({ ask }: Client, answers: readonly Answer[]): Promise<number | null> => {
  const asked = answers
    .filter(({ kind }) => kind === 'words' || kind === 'first')
    .slice(0, ASKED_AGAIN)
  let [same, all] = [0, 0]
  for (const { prompt, route } of asked) {
    const again = await ask(prompt)
    if (again.kind !== 'classified') continue
    all++
    if (again.route === route) same++
  }
  return all === 0 ? null : same / all
}

/** CLIENTS that ask again as soon as they are answered. @param capacity classified a second at most */
const waitingClients = async (
  client: Client,
  { seconds, next, capacity }: { seconds: number; next: () => string; capacity: number },
): Promise<WaitingClients> => {
  const { answers, longestPingMs, perSecond } = await withPings(client, () =>
    closedLoop(client, { inFlight: CLIENTS, seconds, next }),
  )
  const agreement = await agreementOf(client, answers)
  const described = describeAnswers(answers)
  const all = answers.length / seconds
  return { perSecond: all, goodput: perSecond / capacity, longestPingMs, agreement, ...described }
}

const plan = ({ quick, seconds }: Options) => ({
  factors: quick ? QUICK_FACTORS : FACTORS,
  seconds: seconds ?? (quick ? QUICK_SECONDS : SECONDS),
})

interface Measured {
  server: BuiltServer
  client: Client
}

/** One sweep of offered loads, then CLIENTS that wait. */
const sweep = async (
  { server, client }: Measured,
  words: number,
  options: Options,
): Promise<Sweep> => {
  const { factors, seconds } = plan(options)
  const random = createRandom(words)
  const make = createPrompts(random)
  const next = () => make(words)
  await closedLoop(client, { inFlight: 2, seconds: 2, next })
  const { perSecond: capacity } = await closedLoop(client, { inFlight: IN_FLIGHT, seconds, next })
  if (capacity === 0) throw new Error('nothing was classified in time: the machine is too busy')
  const rows = []
  for (const factor of factors) {
    const offered = { perSecond: factor * capacity, seconds, next, random }
    const { result: answers, cores } = await withCores(server, () => openLoop(client, offered))
    const recovery = await recoveryMs(client, { next, capacity })
    const described = describeAnswers(answers)
    const goodput = (described.classified * described.sent) / seconds / capacity
    const agreement = await agreementOf(client, answers)
    rows.push({ factor, goodput, ...described, agreement, recoveryMs: recovery, cores })
  }
  return {
    words,
    capacity,
    rows,
    clients: await waitingClients(client, { seconds, next, capacity }),
  }
}

const measureOurs = async (folder: string, processes: string, options: Options) => {
  await writeFile(join(folder, 'signalbox.yaml'), configFor(processes))
  const server = await startBuiltServer(folder)
  const client = createClient(server.url)
  try {
    const sweeps = []
    for (const words of options.words.map(Number)) {
      note(`${processes} processes, ${words} words`)
      sweeps.push(await sweep({ server, client }, words, options))
    }
    return { processes, sweeps }
  } finally {
    await client.close()
    await server.stop()
  }
}

const startOwnWay = async (folder: string): Promise<Serving> => {
  const { folder: model } = await buildModel({ graph: 'plain', out: join(folder, 'stock-model') })
  const script = join(projectRoot(), 'dist/scripts/bench/load/own-way.js')
  const env = { ...process.env, MODEL: model }
  return startServing([script], { dir: folder, env, until: 'listening' })
}

/** Requests a second of 32 clients with new prompts of OWN_WORDS. */
const measureOwnWay = async (folder: string, options: Options): Promise<WaitingClients> => {
  const { seconds } = plan(options)
  note('the way one would do it oneself')
  const server = await startOwnWay(folder)
  const client = createClient(server.url)
  const make = createPrompts(createRandom(1))
  try {
    const next = () => make(OWN_WORDS)
    const { perSecond: capacity } = await closedLoop(client, { inFlight: 2, seconds: 2, next })
    return await waitingClients(client, { seconds, next, capacity })
  } finally {
    await client.close()
    await server.stop()
  }
}

/** Where `auto` is as many as another one asks for, it is not measured twice. */
const distinct = (processes: string[]): string[] => {
  const counts = processes.map((one) => processCount(one === 'auto' ? one : Number(one)))
  return processes.filter((_, i) => counts.indexOf(counts[i] as number) === i)
}

const run = async (options: Options, folder: string): Promise<LoadResult> => {
  if (options.data) await cp(options.data, join(folder, 'data'), { recursive: true })
  const ours = []
  for (const processes of distinct(options.processes)) {
    ours.push(await measureOurs(folder, processes, options))
  }
  return { ours, own: options.own ? await measureOwnWay(folder, options) : null }
}

const describe = (result: LoadResult): string[] => [
  ...result.ours.flatMap(({ processes, sweeps }) => [
    '',
    `encoder.processes: ${processes}`,
    ...sweeps.flatMap(describeSweep),
  ]),
  ...describeOwn(result),
]

await runBench<Options, LoadResult>({
  name: 'bench:load',
  description: 'Offer prompts at 0.5 to 4 times of what the encoder can take.',
  options: [
    new Option('--quick', 'fewer loads, for 3 seconds each: three minutes in all'),
    countOption('--seconds <n>', 'length of each measurement (default: 10)'),
    new Option('--words <n...>', 'lengths of prompts').default(['12', '150']),
    new Option('--processes <n...>', 'encoder.processes').default(['1', 'auto', '2']),
    new Option('--data <folder>', 'a data folder with an index, which is copied'),
    new Option('--no-own', 'leave out the way one would do it oneself'),
  ],
  run,
  describe,
})

// `npm run bench:load`: what becomes of prompts at half to four times of what the encoder can take, and of 32 clients that wait
// for their answers; beside the way one would do it oneself (own-way.ts).
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Option } from 'commander'
import { projectRoot } from '../../../src/config/project-root.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { buildModel } from '../../commands/build-model.ts'
import { type Serving, startBuiltServer, startServing } from '../../rig/built-server.ts'
import { note } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'
import { countOption, runBench } from '../harness.ts'
import { createPrompts } from './load-prompts.ts'
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
  seconds: number
  words: string[]
  processes: string[]
  data?: string
  own: boolean
}

const FACTORS = [0.5, 0.8, 1, 1.5, 2, 4]
const CLIENTS = 32
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

/** How often the words gave the route of the full decision. */
const agreementOf = async ({ ask }: Client, answers: readonly Answer[]): Promise<number | null> => {
  const asked = answers.filter(({ kind }) => kind === 'words').slice(0, ASKED_AGAIN)
  let [same, all] = [0, 0]
  for (const { prompt, route } of asked) {
    const again = await ask(prompt)
    if (again.kind !== 'classified') continue
    all++
    if (again.route === route) same++
  }
  return all === 0 ? null : same / all
}

const waitingClients = async (
  client: Client,
  { seconds, next }: { seconds: number; next: () => string },
) => {
  const { answers, longestPingMs } = await withPings(client, () =>
    closedLoop(client, { inFlight: CLIENTS, seconds, next }),
  )
  return { perSecond: answers.length / seconds, longestPingMs, ...describeAnswers(answers) }
}

/** One sweep of offered loads, then 32 clients that wait. */
const sweep = async (client: Client, words: number, { seconds }: Options) => {
  const random = createRandom(words)
  const make = createPrompts(random)
  const next = () => make(words)
  await closedLoop(client, { inFlight: 2, seconds: 2, next })
  const { perSecond: capacity } = await closedLoop(client, { inFlight: IN_FLIGHT, seconds, next })
  const rows = []
  for (const factor of FACTORS) {
    const answers = await openLoop(client, { perSecond: factor * capacity, seconds, next, random })
    const recovery = await recoveryMs(client, next)
    const described = describeAnswers(answers)
    const goodput = (described.classified * described.sent) / seconds / capacity
    const agreement = await agreementOf(client, answers)
    rows.push({ factor, goodput, ...described, agreement, recoveryMs: recovery })
  }
  const waiting = await waitingClients(client, { seconds, next })
  const clients = { ...waiting, goodput: (waiting.perSecond * waiting.classified) / capacity }
  return { words, capacity, rows, clients }
}

const measureOurs = async (folder: string, processes: string, options: Options) => {
  await writeFile(join(folder, 'signalbox.yaml'), configFor(processes))
  const server = await startBuiltServer(folder)
  const client = createClient(server.url)
  try {
    const sweeps = []
    for (const words of options.words.map(Number)) {
      note(`${processes} processes, ${words} words`)
      sweeps.push(await sweep(client, words, options))
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

/** Requests a second of 32 clients with new prompts of 12 words. */
const measureOwnWay = async (folder: string, { seconds }: Options) => {
  note('the way one would do it oneself')
  const server = await startOwnWay(folder)
  const client = createClient(server.url)
  const make = createPrompts(createRandom(1))
  try {
    await closedLoop(client, { inFlight: 2, seconds: 2, next: () => make(12) })
    return await waitingClients(client, { seconds, next: () => make(12) })
  } finally {
    await client.close()
    await server.stop()
  }
}

const run = async (options: Options, folder: string) => {
  if (options.data) await cp(options.data, join(folder, 'data'), { recursive: true })
  const ours = []
  for (const processes of options.processes) {
    ours.push(await measureOurs(folder, processes, options))
  }
  return { ours, own: options.own ? await measureOwnWay(folder, options) : null }
}

const percent = (share: number | null): string =>
  share === null ? '' : `${(100 * share).toFixed(0)} %`
const ms = (value: number | null): string => (value === null ? '' : value.toFixed(0))

const HEADINGS = [
  ...['offered', 'goodput', 'classified', 'by words', 'default', 'agree'],
  ...['p50 ms', 'p99 ms', 'recovery ms'],
]

type Result = Awaited<ReturnType<typeof run>>
type Sweep = Result['ours'][number]['sweeps'][number]

const describeSweep = ({ words, capacity, rows, clients }: Sweep): string[] => [
  `${words} words: capacity ${capacity.toFixed(0)} a second`,
  ...table([
    HEADINGS,
    ...rows.map((row) => [
      `${row.factor}×`,
      ...[row.goodput, row.classified, row.byWords, row.byDefault, row.agreement].map(percent),
      ...[row.p50Ms, row.p99Ms, row.recoveryMs].map(ms),
    ]),
  ]),
  `  ${CLIENTS} clients that wait: ${clients.perSecond.toFixed(0)} requests a second, goodput ${percent(clients.goodput)}, ` +
    `by words ${percent(clients.byWords)}, default ${percent(clients.byDefault)}, longest ping ${ms(clients.longestPingMs)} ms`,
]

const describe = ({ ours, own }: Result): string[] => [
  ...ours.flatMap(({ processes, sweeps }) => [
    '',
    `encoder.processes: ${processes}`,
    ...sweeps.flatMap(describeSweep),
  ]),
  ...(own
    ? [
        '',
        `own way, ${CLIENTS} clients, 12 words: ${own.perSecond.toFixed(0)} requests a second, ` +
          `p50 ${ms(own.p50Ms)} ms, p99 ${ms(own.p99Ms)} ms, longest ping ${ms(own.longestPingMs)} ms`,
      ]
    : []),
]

await runBench<Options, Result>({
  name: 'bench:load',
  description: 'Offer prompts at 0.5 to 4 times of what the encoder can take.',
  options: [
    countOption('--seconds <n>', 'length of each measurement', 10),
    new Option('--words <n...>', 'lengths of prompts').default(['12', '150']),
    new Option('--processes <n...>', 'encoder.processes').default(['1', 'auto']),
    new Option('--data <folder>', 'a data folder with an index, which is copied'),
    new Option('--no-own', 'leave out the way one would do it oneself'),
  ],
  run,
  describe,
})

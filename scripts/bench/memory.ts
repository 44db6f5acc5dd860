// `npm run bench:memory`: how long the first and the second start take, what the server and its encoder hold at rest, and what they hold
// after many requests of every kind, read on the way so that one sees whether it levels off. The shipped exemplars, the built-in demo as the provider.
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { projectRoot } from '../../src/config/project-root.ts'
import { startServing } from '../rig/built-server.ts'
import { type ProcessMemory, processMemory } from '../rig/process-memory.ts'
import { note } from '../terminal/output.ts'
import { countOption, runBench, verdict } from './harness.ts'

const MAIN = join(projectRoot(), 'dist/src/main.js')
const REST_MS = 5_000
const AT_ONCE = 32
/** Shares of the requests after which memory is read. */
const READ_AT = [0.25, 0.5, 1]
const MOST_MB = 350
const MOST_GROWTH = 0.1

interface Measured {
  /** Seconds to `ready`. */
  seconds: number
  memory: ProcessMemory
}

interface Reading {
  requests: number
  memory: ProcessMemory
}

interface Result {
  requests: number
  failed: number
  first: Measured
  second: Measured
  after: Reading[]
  /** PSS after all requests ÷ before them − 1. */
  growth: number
}

const memoryOf = (pid: number | undefined): ProcessMemory => {
  const memory = processMemory(pid)
  if (memory === null) throw new Error('Memory is read from /proc, which is not here.')
  return memory
}

const start = async (folder: string) => {
  const env = { ...process.env, SIGNALBOX_DATA: join(folder, 'data'), SIGNALBOX_CONFIG: '' }
  const startedAt = performance.now()
  const place = { dir: folder, env: { ...env, PORT: '0' }, until: 'ready' } as const
  const server = await startServing([MAIN], place)
  const seconds = (performance.now() - startedAt) / 1_000
  await wait(REST_MS)
  return { server, measured: { seconds, memory: memoryOf(server.child.pid) } }
}

const WORDS = 'write sort explain the python list loop for me and why does it fail now'.split(' ')

/** A prompt of so many words; every `n` its own. */
const promptOf = (n: number, words: number): string =>
  Array.from({ length: words }, (_, i) => WORDS[(n * 7 + i * (1 + (n % 5))) % WORDS.length])
    .concat(String(n))
    .join(' ')

const chat = (content: string, rest: object = {}) => ({
  path: '/v1/chat/completions',
  body: { model: 'auto', messages: [{ role: 'user', content }], ...rest },
})

/** One kind of request after the other: new, known, pinned, streamed, long, embeddings, and Anthropic's. */
const requestOf = (n: number, pinned: string) => {
  const kinds = [
    () => chat(promptOf(n, 12)),
    () => chat(promptOf(n % 50, 12)),
    () => chat(promptOf(n, 12), { model: pinned }),
    () => chat(promptOf(n, 12), { stream: true }),
    () => chat(promptOf(n, 150)),
    () => ({ path: '/v1/embeddings', body: { model: 'auto', input: promptOf(n, 12) } }),
    () => ({
      path: '/v1/messages',
      body: { max_tokens: 64, ...chat(promptOf(n, 12)).body },
    }),
  ]
  return (kinds[n % kinds.length] as (typeof kinds)[0])()
}

/** The requests from one number to before another. @returns how many failed */
const sendAll = async (url: string, from: number, to: number): Promise<number> => {
  const { data } = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] }
  const pinned = data.find(({ id }) => id !== 'auto')?.id ?? 'auto'
  let next = from
  let failed = 0
  const client = async (): Promise<void> => {
    while (next < to) {
      const { path, body } = requestOf(next++, pinned)
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(url + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      await answer.arrayBuffer()
      if (!answer.ok) failed += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  return failed
}

const run = async ({ requests }: { requests: number }, folder: string): Promise<Result> => {
  const { server: fresh, measured: first } = await start(folder)
  await fresh.stop()
  const { server, measured: second } = await start(folder)
  note(`sending ${requests} requests, ${AT_ONCE} at a time`)
  const after: Reading[] = []
  let [sent, failed] = [0, 0]
  for (const share of READ_AT) {
    const until = Math.round(share * requests)
    failed += await sendAll(server.url, sent, until)
    sent = until
    await wait(REST_MS)
    after.push({ requests: sent, memory: memoryOf(server.child.pid) })
  }
  await server.stop()
  const last = after.at(-1) as Reading
  const growth = last.memory.pssMb / second.memory.pssMb - 1
  return { requests, failed, first, second, after, growth }
}

const memoryLine = (when: string, { rssMb, pssMb, processes }: ProcessMemory): string =>
  `${when.padEnd(28)} ${String(pssMb).padStart(4)} MB (sum of RSS ${rssMb} MB) in ${processes} processes`

const isMet = ({ first, second, growth, failed }: Result): boolean =>
  failed === 0 &&
  Math.max(first.memory.pssMb, second.memory.pssMb) <= MOST_MB &&
  growth <= MOST_GROWTH

await runBench({
  name: 'bench:memory',
  description: 'Measure starts and memory of the server with the shipped exemplars.',
  options: [countOption('--requests <count>', 'requests of every kind', 20_000)],
  run,
  describe: (result) => [
    `first start ${result.first.seconds.toFixed(1)} s, second ${result.second.seconds.toFixed(1)} s`,
    memoryLine('at rest after the first', result.first.memory),
    memoryLine('at rest after the second', result.second.memory),
    ...result.after.map(({ requests, memory }) => memoryLine(`after ${requests} requests`, memory)),
    `${(100 * result.growth).toFixed(0)} % more, ${result.failed} failed; at most ${MOST_MB} MB and 10 % more: ${verdict(isMet(result))}`,
  ],
  isMet,
})

// `npm run bench:hostile`: a megabyte (`--bytes`) of each hostile body against the real server with its defaults, one by one
// and ten (`--at-once`) at once; how long each took, and how long liveness took meanwhile.
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { Option } from 'commander'
import { projectRoot } from '../../../src/config/project-root.ts'
import { startBuiltServer } from '../../rig/built-server.ts'
import { hostileBodies } from '../../rig/hostile-bodies.ts'
import { type Sent, sendBodies } from '../../rig/send-bodies.ts'
import { note } from '../../terminal/output.ts'
import { countOption, runBench } from '../harness.ts'
import { summarise } from '../summary.ts'

const SHOWN = 5

const figuresOf = ({ bodies, livenessMs }: Sent) => {
  const slowest = bodies.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN)
  const counts: Record<string, number> = {}
  for (const { status } of bodies) counts[status] = (counts[status] ?? 0) + 1
  const { p50, p99 } = summarise(livenessMs)
  const longest = Math.max(...livenessMs)
  return { requests: bodies.length, counts, slowest, liveness: { p50, p99, longest } }
}

type Figures = ReturnType<typeof figuresOf> & {
  longestStopMs: number
  longestOwnStopMs: number | null
}

const describe = (title: string, figures: Figures): string[] => {
  const { requests, counts, slowest, liveness, longestStopMs, longestOwnStopMs } = figures
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  return [
    `${title}: ${requests} bodies, answers by status ${JSON.stringify(counts)}`,
    `  /healthz meanwhile: p50 ${ms(liveness.p50)}, p99 ${ms(liveness.p99)}, longest ${ms(liveness.longest)}`,
    `  longest stop of the loop ${longestStopMs} ms, without waiting for a core ${longestOwnStopMs ?? '?'} ms`,
    ...slowest.map((body) => `  ${ms(body.ms).padStart(8)}  ${body.status}  ${body.name}`),
  ]
}

interface Options {
  bytes: number
  atOnce: number
  only?: string
}

const run = async ({ bytes, atOnce: most, only = '' }: Options, folder: string) => {
  const source = join(projectRoot(), 'training-data')
  await cp(source, join(folder, 'training-data'), { recursive: true })
  const bodies = hostileBodies(bytes).filter(({ name }) => name.includes(only))
  note('starting the server with its defaults')
  const server = await startBuiltServer(folder, { isProbed: true })
  const measure = async (atOnce: number): Promise<Figures> => {
    note(`sending ${bodies.length} bodies, ${atOnce} at once`)
    await server.readGap()
    const sent = await sendBodies(server.url, bodies, atOnce)
    const gap = await server.readGap()
    const { longestWallMs: longestStopMs, longestOwnMs: longestOwnStopMs } = gap
    return { ...figuresOf(sent), longestStopMs, longestOwnStopMs }
  }
  try {
    return { bytes, single: await measure(1), parallel: await measure(most) }
  } finally {
    await server.stop()
  }
}

await runBench({
  name: 'bench:hostile',
  description: 'Send each hostile body to the server with its defaults.',
  options: [
    countOption('--bytes <count>', 'of each body', 1_048_576),
    countOption('--at-once <count>', 'bodies under way in the second round', 10),
    new Option('--only <text>', 'bodies whose names hold this'),
  ],
  run,
  describe: ({ single, parallel }) => [
    ...describe('one by one', single),
    ...describe('several at once', parallel),
  ],
})

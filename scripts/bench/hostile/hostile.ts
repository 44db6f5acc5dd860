// `npm run bench:hostile`: a megabyte of each hostile body against the real server with its defaults, one by one and ten at
// once; how long each took, and how long liveness took meanwhile.
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { projectRoot } from '../../../src/encoder/model-files.ts'
import { note, printResult } from '../../terminal/output.ts'
import { machineLines, observeMachine } from '../machine.ts'
import { startProbedServer } from '../probed-server.ts'
import { summarise } from '../summary.ts'
import { hostileBodies } from './bodies.ts'
import { type Sent, sendBodies } from './send-bodies.ts'

const BYTES = 1_048_576
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

await new Command('bench:hostile')
  .description('Send a megabyte of each hostile body to the server with its defaults.')
  .option('--json', 'print the result as JSON on stdout')
  .action(async (options: { json?: boolean }) => {
    const dir = await mkdtemp(join(tmpdir(), 'signalbox-hostile-'))
    await cp(join(projectRoot(), 'training-data'), join(dir, 'training-data'), { recursive: true })
    const bodies = hostileBodies(BYTES)
    note('starting the server with its defaults')
    const server = await startProbedServer(dir)
    const observed = observeMachine()
    const measure = async (atOnce: number): Promise<Figures> => {
      note(`sending ${bodies.length} bodies, ${atOnce} at once`)
      await server.readGap()
      const sent = await sendBodies(server.url, bodies, atOnce)
      const gap = await server.readGap()
      const { longestWallMs: longestStopMs, longestOwnMs: longestOwnStopMs } = gap
      return { ...figuresOf(sent), longestStopMs, longestOwnStopMs }
    }
    const [single, parallel] = [await measure(1), await measure(10)]
    const machine = observed()
    await server.stop()
    await rm(dir, { recursive: true })
    printResult(options, { machine, single, parallel }, () => [
      ...machineLines(machine),
      ...describe('one by one', single),
      ...describe('ten at once', parallel),
    ])
  })
  .parseAsync()

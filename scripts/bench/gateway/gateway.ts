// `npm run bench:gateway`: what this server adds to a call, beside a gateway that does not route at all, in front of the
// same fake provider. Rounds are interleaved and every figure is a median over them, because machines are never quiet.
import { join, resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { projectRoot } from '../../../src/config/project-root.ts'
import { note } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'
import { countOption, runBench } from '../harness.ts'
import { measure, type Target, warmUp } from './load.ts'
import { PORTKEY } from './portkey.ts'
import { type Measured, type Row, summarise } from './summary.ts'
import { startTargets } from './targets.ts'

interface Options {
  seconds: number
  rounds: number
  /** Requests of each kind that each target serves before it is measured. */
  warmUp: number
  build: Record<string, string>
}

const LOADS = [false, true].flatMap((isStream) =>
  [1, 32].map((connections) => ({ isStream, connections })),
)

const measureAll = async (targets: Target[], options: Options): Promise<Measured[]> => {
  for (const target of targets) {
    note(`warming up ${target.name}`)
    await warmUp(target, options.warmUp)
  }
  const cells: Measured[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    note(`round ${round + 1} of ${options.rounds}`)
    for (const load of LOADS) {
      for (const target of targets) {
        const cell = await measure(target, { ...load, seconds: options.seconds })
        cells.push({ ...cell, target: target.name, load })
      }
    }
  }
  return cells
}

const HEADINGS = [
  '',
  'p50 ms',
  'p99 ms',
  'added p50',
  'of Portkey',
  'req/s',
  'of Portkey',
  'cpu ms',
]

const ratio = (value: number | null): string => (value === null ? '' : `${value.toFixed(2)}×`)

const rowCells = (row: Row): string[] => [
  row.target,
  row.p50Ms.toFixed(2),
  row.p99Ms.toFixed(2),
  row.addedP50Ms.toFixed(2),
  ratio(row.addedRatio),
  row.requestsPerSecond.toFixed(0),
  ratio(row.throughputRatio),
  row.cpuMs?.toFixed(2) ?? '–',
]

const describe = ({ rows }: { rows: Row[] }): string[] => [
  `against ${PORTKEY}`,
  ...LOADS.flatMap(({ isStream, connections }) => {
    const isOfLoad = ({ load }: Row) =>
      load.isStream === isStream && load.connections === connections
    const kind = isStream ? 'stream' : 'whole answer'
    return [
      '',
      `${kind}, ${connections} connection${connections > 1 ? 's' : ''}`,
      ...table([HEADINGS, ...rows.filter(isOfLoad).map(rowCells)]),
    ]
  }),
]

const run = async (options: Options) => {
  const folder = join(projectRoot(), 'data/bench-gateway')
  const own = { signalbox: join(projectRoot(), 'dist') }
  note('starting the servers (the first run builds an index)')
  const targets = await startTargets({ folder, builds: { ...own, ...options.build } })
  try {
    return { rival: PORTKEY, rows: summarise(await measureAll(targets.all, options)) }
  } finally {
    await targets.stop()
  }
}

const addBuild = (value: string, known: Record<string, string>): Record<string, string> => {
  const [name = '', dist = ''] = value.split('=')
  if (!/^[a-z][a-z0-9-]*$/.test(name) || dist === '') {
    throw new InvalidArgumentError('Expected name=path/to/dist.')
  }
  return { ...known, [name]: resolve(dist) }
}

await runBench({
  name: 'bench:gateway',
  description: `Measure the overhead of this server beside ${PORTKEY}.`,
  options: [
    countOption('--seconds <n>', 'of each measurement', 2),
    countOption('--rounds <n>', 'every figure is the median of so many', 5),
    countOption('--warm-up <n>', 'requests before measuring, of each kind', 3_000),
    new Option('--build <name=dist>', 'another build of this project, measured beside')
      .argParser(addBuild)
      .default({}),
  ],
  run,
  describe,
})

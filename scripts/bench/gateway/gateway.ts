// `npm run bench:gateway`: what this server adds to a call, beside a gateway that does not route at all, in front of the
// same fake provider. Rounds are interleaved and every figure is a median over them, because machines are never quiet.
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { projectRoot } from '../../../src/encoder/model-files.ts'
import { note, printResult } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'
import { type MachineFacts, machineLines, observeMachine } from '../machine.ts'
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
  json?: boolean
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

const describe = (machine: MachineFacts, rows: Row[]): string[] => [
  ...machineLines(machine),
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

const run = async (options: Options): Promise<void> => {
  const folder = join(projectRoot(), 'data/bench-gateway')
  const own = { signalbox: join(projectRoot(), 'dist') }
  note('starting the servers (the first run builds an index)')
  const targets = await startTargets({ folder, builds: { ...own, ...options.build } })
  try {
    const observed = observeMachine()
    const rows = summarise(await measureAll(targets.all, options))
    const machine = observed()
    printResult(options, { machine, rival: PORTKEY, rows }, () => describe(machine, rows))
  } finally {
    await targets.stop()
  }
}

const toCount = (value: string): number => {
  const count = Number(value)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new InvalidArgumentError('Expected a number above 0.')
}

const addBuild = (value: string, known: Record<string, string>): Record<string, string> => {
  const [name = '', dist = ''] = value.split('=')
  if (!/^[a-z][a-z0-9-]*$/.test(name) || dist === '') {
    throw new InvalidArgumentError('Expected name=path/to/dist.')
  }
  return { ...known, [name]: resolve(dist) }
}

await new Command('bench:gateway')
  .description(`Measure the overhead of this server beside ${PORTKEY}.`)
  .option('--seconds <n>', 'of each measurement', toCount, 2)
  .option('--rounds <n>', 'every figure is the median of so many', toCount, 5)
  .option('--warm-up <n>', 'requests before measuring, of each kind', toCount, 3_000)
  .option('--build <name=dist>', 'another build of this project, measured beside', addBuild, {})
  .option('--json', 'print the result as JSON on stdout')
  .action(run)
  .parseAsync()

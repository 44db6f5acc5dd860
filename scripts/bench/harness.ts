// What every bench has in common: its options, a folder of its own that is removed, the machine it ran on, the result as lines or
// as one JSON object, and the exit code 1 where a target is missed.
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Config } from '../../src/config/config-schema.ts'
import { defaultConfig } from '../../src/config/default-config.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import { printResult } from '../terminal/output.ts'

export interface Bench<O, R extends object> {
  /** As in `npm run NAME`. */
  name: string
  description: string
  options?: Option[]
  /** `folder` is empty, and removed afterwards. */
  run(options: O, folder: string): Promise<R>
  describe(result: R, options: O): string[]
  /** Whether what was measured is good enough; absent where nothing is demanded. */
  isMet?(result: R): boolean
  /** False where no figure depends on how busy the machine is. */
  isTimed?: boolean
}

/** A figure measured while others used the processor is too high, and ratios are blurred. */
interface MachineFacts {
  cpu: string
  cores: number
  node: string
  platform: string
  /** One minute, before and after the run. */
  loadBefore: number
  loadAfter: number
}

const load = (): number => Number((loadavg()[0] as number).toFixed(2))

const machineFacts = (loadBefore: number): MachineFacts => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  loadBefore,
  loadAfter: load(),
})

const machineLines = (facts: MachineFacts, isTimed: boolean): string[] => [
  `${facts.cpu}, ${facts.cores} cores, node ${facts.node}, ${facts.platform}, ` +
    `load average ${facts.loadBefore} before and ${facts.loadAfter} after`,
  ...(isTimed && facts.loadBefore > facts.cores / 2
    ? ['The machine was busy: do not trust these figures.']
    : []),
]

const inFolder = async <T>(name: string, work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), `signalbox-${name.replace(':', '-')}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const runBench = async <O, R extends object>(bench: Bench<O, R>): Promise<void> => {
  const { name, description, options: own = [], isTimed = true } = bench
  const command = new Command(name).description(description)
  for (const one of own) command.addOption(one)
  command.option('--json', 'print the result as JSON on stdout')
  command.action(async (options: O & { json?: boolean }) => {
    const loadBefore = load()
    const result = await inFolder(name, (folder) => bench.run(options, folder))
    const machine = machineFacts(loadBefore)
    printResult(options, { machine, ...result }, () => [
      ...machineLines(machine, isTimed),
      ...bench.describe(result, options),
    ])
    if (bench.isMet?.(result) === false) process.exitCode = 1
  })
  await command.parseAsync()
}

const toCount = (value: string): number => {
  const count = Number(value)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new InvalidArgumentError('Expected a number above 0.')
}

const toShare = (value: string): number => {
  const share = Number(value)
  if (value !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('Expected a share from 0 to 1.')
}

/** `--decisions <n>`, a number above 0. */
export const countOption = (flags: string, description: string, usual?: number): Option =>
  new Option(flags, description).argParser(toCount).default(usual)

/** `--wrong <share>`, from 0 to 1. */
export const shareOption = (flags: string, description: string, usual: number): Option =>
  new Option(flags, description).argParser(toShare).default(usual)

export const setsOption = (description: string, usual: string[]): Option =>
  new Option('--set <names...>', description).default(usual)

/** The defaults, but with a deadline that a busy machine cannot miss: a degraded decision would look fast. */
export const benchConfig = (changes: Record<string, unknown> = {}): Config =>
  checkConfig(
    { ...defaultConfig({}), encoder: { deadline_ms: 60_000 }, ...changes },
    'The configuration of the benchmark',
  )

/** `met` or `MISSED`. */
export const verdict = (isMet: boolean): string => (isMet ? 'met' : 'MISSED')

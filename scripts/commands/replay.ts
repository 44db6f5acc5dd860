// signalbox replay: what a generation would have decided about the decisions that are stored, without any model call.
import { type Command, InvalidArgumentError } from 'commander'
import { replayDecisions } from '../../src/training/replay/replay-request.ts'
import { describeReplay } from '../report/describe-replay.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { createProgress, printResult } from '../terminal/output.ts'

interface Options {
  generation?: number
  since?: number
  limit?: number
  json?: boolean
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const toDuration = (value: string): number => {
  const [, count, unit] = value.match(/^([1-9]\d{0,5})(m|h|d)$/) ?? []
  if (count && unit) return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]
  throw new InvalidArgumentError('Expected a time such as 30m, 12h or 7d.')
}

const toNumber = (value: string): number => {
  const number = Number(value.replace(/^g0*/, ''))
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('Expected a whole number above 0.')
}

const run = async ({ config, paths }: ScriptContext, options: Options): Promise<void> => {
  const { generation, since, limit } = options
  const progress = createProgress(options)
  const request = {
    ...(generation !== undefined && { generation }),
    ...(since !== undefined && { sinceMs: Date.now() - since }),
    ...(limit !== undefined && { limit }),
  }
  const report = await replayDecisions({ config, paths }, request, {
    onProgress: ({ done, total }) => progress.update('Replaying', done, total),
  }).finally(() => progress.stop())
  printResult(options, report, () => describeReplay(report))
}

export const registerReplay = (program: Command): void => {
  program
    .command('replay')
    .description('Decide stored decisions anew, without any model call, and show what changes.')
    .option('--generation <number>', 'default: the current one', toNumber)
    .option('--since <time>', 'only decisions as young as this, e.g. 12h or 7d', toDuration)
    .option('--limit <count>', 'newest decisions looked at; training.gate.replay_limit', toNumber)
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExample:\n  signalbox replay --generation 41 --since 7d')
    .action((options: Options) => withContext((context) => run(context, options)))
}

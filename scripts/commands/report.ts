// signalbox report: what requests came to by route, model and key, read from the sums that are written with them.
import { type Command, InvalidArgumentError } from 'commander'
import type { UsageDimension, UsageSum } from '../../src/core/records/usage.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

interface Options {
  days: number
  rebuild?: boolean
  json?: boolean
}

const DAY_MS = 86_400_000
const MOST_DAYS = 731

const PARTS: Record<'route' | 'model' | 'key', UsageDimension> = {
  route: 'route',
  model: 'model',
  key: 'principal',
}
type Part = keyof typeof PARTS

const rowOf = (sum: UsageSum): string[] => [
  sum.name || '–',
  ...[sum.requests, sum.promptTokens, sum.completionTokens].map(String),
  sum.costUsd.toFixed(6),
  String(sum.unpriced),
]

const tableOf = (part: Part, sums: UsageSum[]): string[] => [
  ...table([
    [part, 'requests', 'prompt tokens', 'answer tokens', 'USD', 'price unknown'],
    ...sums.map(rowOf),
  ]),
  '',
]

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const store = await context.store()
  if (options.rebuild) await store.rebuildUsage()
  const toMs = Date.now()
  const range = { grain: 'hour' as const, fromMs: toMs - options.days * DAY_MS, toMs }
  const sums = {} as Record<Part, UsageSum[]>
  for (const part of Object.keys(PARTS) as Part[]) {
    sums[part] = await store.usage({ ...range, by: PARTS[part] })
  }
  printResult(options, { days: options.days, ...sums }, () =>
    sums.route.length === 0
      ? [`No request ended in the last ${options.days} days.`]
      : [
          ...(Object.keys(PARTS) as Part[]).flatMap((part) => tableOf(part, sums[part])),
          'USD is of requests whose price is known.',
        ],
  )
}

const toDays = (value: string): number => {
  const days = Number(value)
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_DAYS}.`)
}

export const registerReport = (program: Command): void => {
  program
    .command('report')
    .description('Requests, tokens and spend by route, model and key (UTC).')
    .option('--days <n>', 'only the last so many', toDays, 30)
    .option('--rebuild', 'make the sums anew from the decisions that are kept, first')
    .option('--json', 'one JSON object on stdout')
    .action((options: Options) => withContext((context) => run(context, options)))
}

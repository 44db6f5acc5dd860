// signalbox report: what requests came to by route, model and key, read from the sums that are written with them.
import { type Command, InvalidArgumentError } from 'commander'
import { durationText, readUsageRows, type UsageRow } from '../report/usage-rows.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { percent, printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

interface Options {
  days: number
  rebuild?: boolean
  json?: boolean
}

const DAY_MS = 86_400_000
const MOST_DAYS = 731

const PARTS = { route: 'route', model: 'model', key: 'principal' } as const
type Part = keyof typeof PARTS

const cellsOf = (row: UsageRow): string[] => [
  row.name || '–',
  String(row.requests),
  percent(row.failed / row.requests),
  ...[row.firstTokenP50Ms, row.p50Ms, row.p95Ms].map(durationText),
  ...[row.promptTokens, row.completionTokens].map(String),
  row.costUsd.toFixed(6),
  String(row.unpriced),
]

const HEAD = [
  ...['requests', 'failed', 'first p50', 'p50', 'p95'],
  ...['prompt tokens', 'answer tokens', 'USD', 'price unknown'],
]

const tableOf = (part: Part, rows: UsageRow[]): string[] => [
  ...table([[part, ...HEAD], ...rows.map(cellsOf)]),
  '',
]

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const store = await context.store()
  if (options.rebuild) await store.rebuildUsage()
  const toMs = Date.now()
  const range = { grain: 'hour' as const, fromMs: toMs - options.days * DAY_MS, toMs }
  const sums = {} as Record<Part, UsageRow[]>
  for (const part of Object.keys(PARTS) as Part[]) {
    sums[part] = await readUsageRows(store, { ...range, by: PARTS[part] })
  }
  printResult(options, { days: options.days, ...sums }, () =>
    sums.route.length === 0
      ? [`No request ended in the last ${options.days} days.`]
      : [
          ...(Object.keys(PARTS) as Part[]).flatMap((part) => tableOf(part, sums[part])),
          'USD is of requests whose price is known; times of those that were served, to a twentieth.',
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

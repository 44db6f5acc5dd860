// What `signalbox stats` shows → lines, as wide and as many as fit. Pure, so that what is seen on a terminal can be tested.
import { percent } from '../../terminal/output.ts'
import type { Span } from '../../terminal/style.ts'
import { table } from '../../terminal/table.ts'
import { durationText, type UsageRow } from '../usage-rows.ts'
import { type StatsFacts, WINDOWS } from './stats-facts.ts'

export const SORTS = {
  requests: (row: UsageRow) => row.requests,
  failed: (row: UsageRow) => row.failed / row.requests,
  time: (row: UsageRow) => row.p95Ms ?? 0,
  spend: (row: UsageRow) => row.costUsd,
} as const
export type Sort = keyof typeof SORTS | 'name'

export interface ScreenOptions {
  columns: number
  /** Null for all lines. */
  rows: number | null
  sort: Sort
  /** Whether the last line names keys. */
  hasKeys: boolean
}

const bold = (text: string): Span => ({ text, style: 'bold' })
const dim = (text: string): Span => ({ text, style: 'dim' })

const count = (value: number): string => value.toLocaleString('en-US')
const usd = ({ costUsd, unpriced }: Pick<UsageRow, 'costUsd' | 'unpriced'>): string =>
  `${costUsd.toFixed(costUsd < 1 ? 4 : 2)}${unpriced > 0 ? '+?' : ''}`

const perMinute = (requests: number, { window }: StatsFacts): string =>
  (requests / (WINDOWS[window] / 60_000)).toFixed(1)

const BARS = '▁▂▃▄▅▆▇█'

/** The newest to the right; neighbours are put together until all fit. */
export const sparkline = (values: readonly number[], width: number): string => {
  const each = Math.max(1, Math.ceil(values.length / Math.max(1, width)))
  const sums: number[] = []
  for (let end = values.length; end > 0; end -= each) {
    sums.unshift(values.slice(Math.max(0, end - each), end).reduce((sum, n) => sum + n, 0))
  }
  const most = Math.max(1, ...sums)
  return sums
    .map((n) => (n === 0 ? ' ' : BARS[Math.min(7, Math.floor((n / most) * 7.999))]))
    .join('')
}

const sorted = (rows: UsageRow[], sort: Sort): UsageRow[] => {
  const byName = (a: UsageRow, b: UsageRow): number => (a.name < b.name ? -1 : 1)
  if (sort === 'name') return rows.toSorted(byName)
  return rows.toSorted((a, b) => SORTS[sort](b) - SORTS[sort](a) || byName(a, b))
}

const HEAD = ['requests', 'a minute', 'failed', 'first p50', 'p50', 'p95', 'USD']

const cells = (row: UsageRow, facts: StatsFacts): string[] => [
  row.name || '–',
  count(row.requests),
  perMinute(row.requests, facts),
  percent(row.failed / row.requests),
  ...[row.firstTokenP50Ms, row.p50Ms, row.p95Ms].map(durationText),
  usd(row),
]

const NAME_WIDTH = 28
/** Failures that are shown in red. */
const BAD_SHARE = 0.05
const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).toWellFormed()}…`

interface Table {
  title: string
  rows: UsageRow[]
  /** Rows that fit. */
  most: number
}

/** Two tables, one below the other, with the same columns. */
const tableLines = (tables: Table[], facts: StatsFacts, sort: Sort): Span[][] => {
  const shown = tables.map(({ rows, most }) => sorted(rows, sort).slice(0, most))
  const lines = table(
    tables.flatMap(({ title }, i) => [
      [title, ...HEAD],
      ...(shown[i] ?? []).map((row) => cells({ ...row, name: cut(row.name, NAME_WIDTH) }, facts)),
    ]),
  ).values()
  const next = (): string => lines.next().value ?? ''
  return tables.flatMap(({ rows }, i): Span[][] => {
    const own = shown[i] ?? []
    const more = rows.length - own.length
    return [
      ...(i > 0 ? [[]] : []),
      [bold(next())],
      ...own.map(({ failed, requests }): Span[] => {
        const line = next()
        return [failed / requests >= BAD_SHARE ? { text: line, style: 'red' } : line]
      }),
      ...(more > 0 ? [[dim(`… and ${more} more`)]] : []),
    ]
  })
}

const STATE_STYLES = { open: 'red', half_open: 'yellow' } as const

const breakerLine = ({ server }: StatsFacts): Span[] => {
  if (server === null) return []
  if (server.problem !== null) return [bold('server  '), `${server.url} ${server.problem}`]
  const open = server.breakers.filter(({ state }) => state !== 'closed')
  if (open.length === 0) return [bold('breakers  '), `all ${server.breakers.length} closed`]
  return [
    bold('breakers  '),
    ...open.flatMap(({ provider, model, state }): Span[] => [
      {
        text: `${provider}/${model} ${state.replace('_', '-')}`,
        style: STATE_STYLES[state as keyof typeof STATE_STYLES] ?? 'yellow',
      },
      '  ',
    ]),
    `${server.breakers.length - open.length} closed`,
  ]
}

const serverLine = ({ server }: StatsFacts): Span[] => {
  if (server === null || server.problem !== null) return []
  const { values } = server
  const value = (name: string): string => count(values[name] ?? 0)
  return [
    bold('now  '),
    `${value('requests_in_flight')} under way, ${value('encoder_waiting')} wait for the encoder, `,
    `generation ${value('index_generation')}, loop ${durationText((values.loop_lag_seconds ?? 0) * 1_000)} late`,
    ...(values.shedding === 1 ? [{ text: ', shedding', style: 'red' as const }] : []),
  ]
}

const headLines = (facts: StatsFacts, columns: number): Span[][] => {
  const { total, window, atMs, traffic } = facts
  const time = new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')
  const share = total.requests === 0 ? null : total.failed / total.requests
  const failed = `${percent(share)} failed`
  return [
    [bold('signalbox'), dim(`  last ${window}, ${time} UTC`)],
    [
      bold(count(total.requests)),
      ` requests, ${perMinute(total.requests, facts)} a minute, `,
      share !== null && share >= BAD_SHARE ? { text: failed, style: 'red' } : failed,
      `, p50 ${durationText(total.p50Ms)}, p95 ${durationText(total.p95Ms)}, ${usd(total)} USD`,
    ],
    [dim('traffic  '), sparkline(traffic, columns - 'traffic  '.length)],
  ]
}

const keysLine = ({ sort }: ScreenOptions): Span[] => [
  dim('sort: '),
  ...(['requests', 'failed', 'time', 'spend', 'name'] as const).flatMap((name): Span[] => [
    name === sort ? bold(name) : name,
    dim(`(${name[0]})  `),
  ]),
  dim('  w window  q quit'),
]

const NOTHING: Span[] = ['No request ended in this time.']

/** Half of the lines that are left go to routes, half to models, and what one does not need the other has. */
const shares = (facts: StatsFacts, free: number): [routes: number, models: number] => {
  const half = Math.floor(free / 2)
  const routes = Math.min(facts.routes.length, Math.max(half, free - facts.models.length))
  return [Math.max(1, routes), Math.max(1, free - routes)]
}

/** Lines around the two tables: three of the head, blank ones, heads of tables, breakers, what is going on, keys. */
const AROUND = 14

export const statsScreen = (facts: StatsFacts, options: ScreenOptions): Span[][] => {
  const { rows, sort, hasKeys, columns } = options
  const free = rows === null ? Number.MAX_SAFE_INTEGER : Math.max(2, rows - AROUND)
  const [mostRoutes, mostModels] = shares(facts, free)
  const tables =
    facts.total.requests === 0
      ? [NOTHING]
      : tableLines(
          [
            { title: 'route', rows: facts.routes, most: mostRoutes },
            { title: 'model', rows: facts.models, most: mostModels },
          ],
          facts,
          sort,
        )
  const lines = [
    ...headLines(facts, columns),
    [],
    ...tables,
    [],
    breakerLine(facts),
    serverLine(facts),
    ...(hasKeys ? [[], keysLine(options)] : []),
  ]
  return rows === null ? lines : lines.slice(0, rows)
}

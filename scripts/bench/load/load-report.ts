// What bench:load found, as lines for a terminal.
import { table } from '../../terminal/table.ts'
import { describeOwnWay, missedGoals, type Sweep, type WaitingClients } from './load-goals.ts'

/** How many wait for their answers at all times. */
export const CLIENTS = 32
/** Of the prompts that the way one would do it oneself is asked. */
export const OWN_WORDS = 12

const percent = (share: number | null): string =>
  share === null ? '' : `${(100 * share).toFixed(0)} %`
const cores = (value: number | null): string => (value === null ? '' : value.toFixed(2))
const ms = (value: number | null): string => (value === null ? '' : value.toFixed(0))

const HEADINGS = [
  ...['offered', 'goodput', 'classified', 'words first', 'by words', 'default', 'refused', 'agree'],
  ...['p50 ms', 'p99 ms', 'recovery ms', 'cores: server', 'encoder', 'client'],
]

export interface LoadResult {
  ours: { processes: string; sweeps: Sweep[] }[]
  own: WaitingClients | null
}

export const describeSweep = (sweep: Sweep): string[] => {
  const { words, capacity, rows, clients } = sweep
  const missed = missedGoals(sweep)
  return [
    `${words} words: capacity ${capacity.toFixed(0)} a second`,
    ...table([
      HEADINGS,
      ...rows.map((row) => [
        `${row.factor}×`,
        ...[
          row.goodput,
          row.classified,
          row.byWordsFirst,
          row.byWords,
          row.byDefault,
          row.refused,
        ].map(percent),
        percent(row.agreement),
        ...[row.p50Ms, row.p99Ms, row.recoveryMs].map(ms),
        ...[row.cores.server, row.cores.encoder, row.cores.client].map(cores),
      ]),
    ]),
    `  ${CLIENTS} clients that wait: ${clients.perSecond.toFixed(0)} requests a second, goodput ${percent(clients.goodput)}, ` +
      `words first ${percent(clients.byWordsFirst)}, by words ${percent(clients.byWords)}, default ${percent(clients.byDefault)}, agree ${percent(clients.agreement)}, ` +
      `longest ping ${ms(clients.longestPingMs)} ms`,
    ...(missed.length === 0 ? ['  goals: all met'] : missed.map((goal) => `  MISSED ${goal}`)),
  ]
}

export const describeOwn = ({ ours, own }: LoadResult): string[] => {
  if (!own) return []
  const beside = ours.flatMap(({ processes, sweeps }) =>
    sweeps
      .filter(({ words }) => words === OWN_WORDS)
      .map(({ clients }) => `processes ${processes}: ${describeOwnWay(clients, own)}`),
  )
  return [
    '',
    `own way, ${CLIENTS} clients, ${OWN_WORDS} words: ${own.perSecond.toFixed(0)} requests a second, ` +
      `p50 ${ms(own.p50Ms)} ms, p99 ${ms(own.p99Ms)} ms, longest ping ${ms(own.longestPingMs)} ms`,
    ...beside,
  ]
}

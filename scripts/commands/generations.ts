// signalbox generations: which there are, what the gate thought of each, which one serves, and what was done with them.
import type { Command } from 'commander'
import {
  describeGeneration,
  describeGenerations,
} from '../../src/training/generations/list-generations.ts'
import type {
  DescribedGeneration,
  ListedGeneration,
} from '../../src/training/generations/listed-generation.ts'
import { promoteGeneration } from '../../src/training/generations/make-current.ts'
import { readHistory } from '../../src/vector-index/history.ts'
import { describeGate } from '../report/describe-gate.ts'
import { withContext } from '../terminal/context.ts'
import { toGeneration } from '../terminal/generation-number.ts'
import { percent, preview, printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

interface JsonOption {
  json?: boolean
}

interface PromoteOptions extends JsonOption {
  force?: boolean
  reason?: string
}

const LISTED = 20

const day = (epochMs: number | null): string =>
  epochMs === null ? '–' : new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')

const judged = ({ gate }: ListedGeneration): string =>
  gate === null ? '–' : gate.passed ? 'passed' : 'refused'

const statusWord = ({ status, canaryShare }: ListedGeneration): string =>
  status === 'canary' ? `canary ${percent(canaryShare)}` : status

const row = (g: ListedGeneration): string[] => [
  `${g.status === 'current' ? '*' : ' '} ${g.generation}`,
  statusWord(g),
  day(g.createdAtMs),
  String(g.exemplars ?? '–'),
  String(g.fromFeedback ?? '–'),
  percent(g.heldOut?.accuracy),
  judged(g),
  g.trigger ?? '–',
]

const HEAD = ['', 'status', 'built', 'exemplars', 'feedback', 'accuracy', 'gate', 'asked by']

const list = (options: JsonOption) =>
  withContext(async ({ paths }) => {
    const { current, generations } = await describeGenerations(paths.index)
    printResult(options, { current, generations }, () =>
      generations.length === 0
        ? ['There are no generations yet; build one with: signalbox rebuild']
        : [
            ...table([HEAD, ...generations.map(row)]),
            ...generations.flatMap((g) => (g.problem ? [`  ${g.generation}: ${g.problem}`] : [])),
          ],
    )
  })

const more = (shown: number, all: number): string[] =>
  all > shown ? [`  … and ${all - shown} more`] : []

const reportLines = ({ report }: DescribedGeneration): string[] => {
  if (report === null) return ['No report of its build is left.']
  const { counts, accepted, queued, rejected, quarantined } = report
  const text = (value: string | null) =>
    value === null ? '' : ` ${JSON.stringify(preview(value))}`
  return [
    `Built by ${report.author} (${report.trigger}), ${report.outcome}: ${report.reason}`,
    `From feedback: ${counts.accepted} added, ${counts.queued} queued, ${counts.rejected} rejected; ${counts.quarantined} exemplars quarantined.`,
    ...accepted.slice(0, LISTED).map((c) => `  + ${c.route}:${text(c.text)} (${c.exemplarId})`),
    ...more(LISTED, counts.accepted),
    ...queued
      .slice(0, LISTED)
      .map((c) => `  ? ${c.route}:${text(c.text)} (${c.exemplarId}) ${c.reason ?? ''}`),
    ...more(LISTED, counts.queued),
    ...rejected.slice(0, LISTED).map((c) => `  - ${c.decisionId}: ${c.reason}`),
    ...more(LISTED, counts.rejected),
    ...quarantined.slice(0, LISTED).map((c) => `  ! ${c.route}: ${c.exemplarId} ${c.reason}`),
    ...more(LISTED, counts.quarantined),
    ...(report.gate ? describeGate(report.gate) : []),
  ]
}

const show = (generation: number, options: JsonOption) =>
  withContext(async ({ paths }) => {
    const g = await describeGeneration(paths.index, generation, { verify: true })
    printResult(options, g, () => [
      `Generation ${generation}: ${statusWord(g)}, built ${day(g.createdAtMs)}${g.parent === null ? '' : ` after generation ${g.parent}`}.`,
      ...(g.problem ? [g.problem] : []),
      `${g.exemplars ?? '–'} exemplars in ${Object.keys(g.routes).length} routes, ${g.fromFeedback ?? '–'} from feedback. Held-out accuracy ${percent(g.heldOut?.accuracy)}. Search: ${g.search ?? '–'}.`,
      ...reportLines(g),
      ...g.history.map(eventLine),
    ])
  })

const promote = (generation: number, options: PromoteOptions) =>
  withContext(async ({ paths }) => {
    const { force = false, reason = null } = options
    const moved = await promoteGeneration(paths.index, generation, { force, reason, author: 'cli' })
    printResult(options, moved, () => [
      `Generation ${moved.to} is current (was ${moved.from ?? 'none'})${moved.forced ? ', against the gate: this is in the history' : ''}. A running server swaps by itself.`,
    ])
  })

type Event = Awaited<ReturnType<typeof readHistory>>[number]

const eventLine = ({ atMs, action, generation, from, author, reason, forced }: Event): string => {
  const was = from === null ? '' : ` (was ${from})`
  return `${day(atMs)}  ${generation} ${action.replace('_', ' ')}${was} by ${author}${forced ? ', forced' : ''}: ${reason}`
}

const history = (options: JsonOption) =>
  withContext(async ({ paths }) => {
    const events = await readHistory(paths.index)
    printResult(options, { events }, () =>
      events.length === 0 ? ['Nothing has happened yet.'] : events.map(eventLine),
    )
  })

export const registerGenerations = (program: Command): void => {
  const command = program
    .command('generations')
    .description(
      'Which index generations there are, what the gate thought of each, and which serves.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  signalbox generations\n  signalbox generations show 41\n  signalbox generations promote 41 --force --reason "the held-out prompts are out of date"',
    )
  command
    .command('list', { isDefault: true })
    .description('all on disk, the current one with a star')
    .option('--json', 'one JSON object on stdout')
    .action(list)
  command
    .command('show')
    .description('one with the report of its build and its history, verified')
    .argument('<generation>', 'such as 41 or g000041', toGeneration)
    .option('--json', 'one JSON object on stdout')
    .action(show)
  command
    .command('promote')
    .description('make one serve')
    .argument('<generation>', 'such as 41 or g000041', toGeneration)
    .option('--force', 'also one that the gate refused; needs --reason')
    .option('--reason <text>', 'for the history')
    .option('--json', 'one JSON object on stdout')
    .action(promote)
  command
    .command('history')
    .description('what was done, by whom and why')
    .option('--json', 'one JSON object on stdout')
    .action(history)
}

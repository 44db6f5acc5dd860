// signalbox feedback add|import|list: votes from the terminal, beside a running server or without one.
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { v7 as uuidV7 } from 'uuid'
import { LOCAL_PRINCIPAL } from '../../src/core/decide/gateway-key.ts'
import type { FeedbackSource, Verdict } from '../../src/core/records/feedback.ts'
import { giveFeedback } from '../../src/feedback/give-feedback.ts'
import {
  type ImportSummary,
  importFeedback,
  type RowResult,
} from '../../src/feedback/import-feedback.ts'
import {
  FEEDBACK_FORMATS,
  type FeedbackFormat,
  feedbackFormatOf,
  readFeedbackFile,
} from '../../src/feedback/read-feedback-file.ts'
import { createRouter, type Router } from '../../src/index.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { note, preview, printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

interface AddOptions {
  route?: string
  score?: number
  comment?: string
  json?: boolean
}

const add = (decisionId: string, verdict: Verdict, options: AddOptions): Promise<void> =>
  withContext(async ({ config, store }) => {
    const given = await giveFeedback(
      {
        decisionId,
        verdict,
        correctRoute: options.route ?? null,
        score: options.score ?? null,
        comment: options.comment ?? null,
      },
      // Whoever can open the database is the operator, as on a server without keys.
      { principal: LOCAL_PRINCIPAL.id, mayJudge: () => true },
      { config, store: await store(), newId: uuidV7, now: Date.now },
    )
    printResult(options, given, () => [
      `${given.replaced ? 'Replaced the vote' : 'Noted'}: ${verdict} for ${decisionId}${options.route ? `, correct route ${options.route}` : ''}.`,
      given.whyNot === null
        ? 'It counts from the next build on: signalbox rebuild'
        : `It is kept, but nothing is learnt from it: ${given.whyNot}`,
    ])
  })

interface ImportOptions {
  format?: FeedbackFormat
  strict?: boolean
  dryRun?: boolean
  json?: boolean
}

const MOST_SHOWN = 20
/** Two encoder processes with some prompts waiting for each. */
const CONCURRENCY = 16
const BATCH = { processes: 2, threads: 1, queue_limit: 10_000, deadline_ms: 60_000 }

const startRouter = ({ loaded, config }: ScriptContext): Promise<Router> => {
  note('starting the encoder …')
  const batch = { ...config, encoder: { ...config.encoder, ...BATCH } }
  return createRouter({ loaded: { ...loaded, config: batch } })
}

/** Started when the first labelled prompt comes: a file of votes needs no encoder. */
const createLazyRouter = (context: ScriptContext) => {
  let router: Promise<Router> | null = null
  return {
    route: async (text: string) => {
      router ??= startRouter(context)
      return (await router).route(text)
    },
    close: async () => (await router)?.close(),
  }
}

interface Imported {
  summary: ImportSummary
  refused: RowResult[]
}

const importAll = async (
  context: ScriptContext,
  file: string,
  options: ImportOptions,
): Promise<Imported> => {
  const router = createLazyRouter(context)
  const refused: RowResult[] = []
  try {
    const summary = await importFeedback(
      readFeedbackFile(file, options.format ?? feedbackFormatOf(file)),
      {
        config: context.config,
        store: await context.store(),
        route: router.route,
        concurrency: CONCURRENCY,
        newId: uuidV7,
        now: Date.now,
      },
      {
        dryRun: options.dryRun ?? false,
        onRow: (result) => {
          if (result.status === 'refused') refused.push(result)
        },
      },
    )
    return { summary, refused }
  } finally {
    await router.close()
  }
}

const describeImport = (file: string, { summary, refused }: Imported): string[] => [
  `${summary.rows} rows: ${summary.added} added, ${summary.replaced} replaced, ${summary.unchanged} unchanged, ${summary.refused} refused.`,
  ...(summary.agreed + summary.corrected > 0
    ? [
        `Of the labelled prompts the router takes ${summary.agreed} as labelled; ${summary.corrected} are corrections.`,
      ]
    : []),
  ...refused.slice(0, MOST_SHOWN).map(({ line, reason }) => `  ${file}:${line}: ${reason}`),
  ...(refused.length > MOST_SHOWN
    ? [`  … and ${refused.length - MOST_SHOWN} more (--json lists all)`]
    : []),
]

const runImport = (file: string, options: ImportOptions): Promise<void> =>
  withContext(async (context) => {
    const checked =
      options.strict && !options.dryRun
        ? await importAll(context, file, { ...options, dryRun: true })
        : null
    const isRefused = checked !== null && checked.summary.refused > 0
    const imported = isRefused ? checked : await importAll(context, file, options)
    const { summary, refused } = imported
    const isWritten = !isRefused && !options.dryRun
    printResult(options, { written: isWritten, ...summary, refusedRows: refused }, () => [
      ...describeImport(file, imported),
      ...(isWritten && summary.added + summary.replaced > 0
        ? ['They count from the next build on: signalbox rebuild']
        : []),
      ...(isWritten ? [] : [`Nothing was written (${isRefused ? '--strict' : '--dry-run'}).`]),
    ])
    if (isRefused) process.exitCode = 1
  })

interface ListOptions {
  limit: number
  source?: FeedbackSource
  principal?: string
  json?: boolean
}

const HEADINGS = ['decision', 'verdict', 'correct route', 'source', 'by', 'when', 'comment']

const list = ({ limit, source, principal, json = false }: ListOptions): Promise<void> =>
  withContext(async ({ store }) => {
    const votes = await (await store()).listVotes({
      limit,
      ...(source && { source }),
      ...(principal && { principal }),
    })
    printResult({ json }, { votes }, () =>
      votes.length === 0
        ? ['There are no such votes.']
        : table([
            HEADINGS,
            ...votes.map((vote) => [
              vote.decisionId,
              vote.verdict,
              vote.correctRoute ?? '–',
              vote.implicitKind ? `${vote.source} (${vote.implicitKind})` : vote.source,
              vote.principal,
              new Date(vote.createdAtMs).toISOString().slice(0, 16),
              preview(vote.comment ?? '–', 40),
            ]),
          ]),
    )
  })

const toScore = (value: string): number => {
  const score = Number(value)
  if (value.trim() !== '' && score >= 0 && score <= 1) return score
  throw new InvalidArgumentError('Expected a number from 0 to 1.')
}

const toLimit = (value: string): number => {
  const limit = Number(value)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit
  throw new InvalidArgumentError('Expected an integer from 1 to 1000.')
}

const registerAdd = (feedback: Command): void => {
  feedback
    .command('add')
    .description('Say whether a decision was right; a second vote replaces the first.')
    .argument('<decision>', 'id, as in the header x-router-decision-id')
    .addArgument(new Argument('<verdict>').choices(['good', 'bad']))
    .option('--route <name>', 'the route that would have been right; none for no route')
    .option('--score <number>', '0 to 1', toScore)
    .option('--comment <text>')
    .option('--json', 'one JSON object on stdout')
    .action(add)
}

const registerImport = (feedback: Command): void => {
  feedback
    .command('import')
    .description(
      'Votes in bulk (JSONL or CSV): rows of decision_id, verdict, correct_route, score, comment; or of text, route.',
    )
    .argument('<file>')
    .addOption(
      new Option('--format <format>', 'default: by the name of the file').choices(FEEDBACK_FORMATS),
    )
    .option('--strict', 'take nothing if a row is refused')
    .option('--dry-run', 'check and report, write nothing')
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nA row of text and route is routed now, and its label counts as a vote. Importing a file twice changes nothing.\n\nExample:\n  signalbox feedback import labelled.csv --dry-run',
    )
    .action(runImport)
}

export const registerFeedback = (program: Command): void => {
  const feedback = program
    .command('feedback')
    .description('Vote on decisions, import labelled logs, list votes.')
  registerAdd(feedback)
  registerImport(feedback)
  feedback
    .command('list')
    .description('Votes, the latest first.')
    .option('--limit <n>', 'at most so many', toLimit, 20)
    .addOption(
      new Option('--source <source>').choices(['explicit', 'review', 'import', 'implicit']),
    )
    .option('--principal <id>', 'only votes of this key')
    .option('--json', 'one JSON object on stdout')
    .action(list)
}

// signalbox rebuild: training data + feedback → the next index generation, judged by the gate; a running server picks up by
// itself what passes.
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { RouterError } from '../../src/errors.ts'
import { type RebuildReport, rebuild } from '../../src/training/rebuild/rebuild.ts'
import { describeGate } from '../report/describe-gate.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { createProgress, percent, preview, printResult } from '../terminal/output.ts'

interface Options {
  feedback: boolean
  promote: boolean
  promoteAnyway?: boolean
  reason?: string
  force?: boolean
  json?: boolean
}

/** A build that the gate refused is neither a failure of the command nor a success. */
const REFUSED_EXIT_CODE = 3
const LISTED = 20

const STAGES = {
  embed: 'Embedding ',
  fit: 'Fitting   ',
  evaluate: 'Evaluating',
  graph: 'Indexing  ',
  gate: 'Judging   ',
}

/** The first lines, and how many more there are. */
const listed = <T>(rows: readonly T[], toLine: (row: T) => string): string[] => [
  ...rows.slice(0, LISTED).map(toLine),
  ...(rows.length > LISTED ? [`  … and ${rows.length - LISTED} more`] : []),
]

const quoted = (text: string | null): string =>
  text === null ? '(text not stored)' : JSON.stringify(preview(text))

const feedbackLines = ({ fromFeedback, queued, quarantined }: RebuildReport): string[] => [
  ...listed(
    fromFeedback.accepted,
    ({ exemplarId, route, text, decisionIds }) =>
      `  + ${route}: ${quoted(text)} (${exemplarId}, from ${decisionIds.join(', ')})`,
  ),
  ...listed(
    queued,
    ({ exemplarId, route, text, reason }) =>
      `  ? ${route}: ${quoted(text)} (${exemplarId}) ${reason ?? ''}`,
  ),
  ...listed(fromFeedback.rejected, ({ decisionId, reason }) => `  - ${decisionId}: ${reason}`),
  ...listed(
    quarantined,
    ({ exemplarId, route, reason }) => `  ! ${route}: ${exemplarId} ${reason}`,
  ),
]

const counted = ({ fromFeedback, queued, quarantined, confirmed }: RebuildReport): string => {
  const { accepted, rejected } = fromFeedback
  const waiting = queued.length > 0 ? `, ${queued.length} waiting for review` : ''
  const said = confirmed > 0 ? `, ${confirmed} confirmed` : ''
  const left = quarantined.length > 0 ? ` ${quarantined.length} exemplars left out.` : ''
  return `From feedback: ${accepted.length} added, ${rejected.length} rejected${waiting}${said}.${left}`
}

const size = ({ exemplars, routes, durationMs }: RebuildReport): string =>
  `${exemplars} exemplars in ${Object.keys(routes).length} routes, ${(durationMs / 1000).toFixed(1)} s`

const headline = (report: RebuildReport): string => {
  const { generation, parent, current, outcome, reason } = report
  const after = parent === null ? '' : `, after generation ${parent}`
  switch (outcome) {
    case 'unchanged':
      return `Nothing has changed: generation ${generation} stays current (build anyway with --force).`
    case 'promoted':
      return report.unchanged
        ? `Nothing new: generation ${generation} was built from the very same; ${current} stays current (build anyway with --force).`
        : `Generation ${generation} is current${after}: ${size(report)}.`
    case 'canary':
      return `Generation ${generation} is tried on a share of the sessions, ${current} stays current: ${size(report)}.`
    case 'kept':
      return `Generation ${generation} was built, ${current ?? 'none'} stays current: ${size(report)}. ${reason}`
    case 'refused':
      return report.unchanged
        ? `Refused: the very same build was refused before as generation ${generation}; ${current} stays current (build anyway with --force).`
        : `Refused: generation ${generation} did not pass the gate, ${current} stays current: ${size(report)}.`
  }
}

const measured = ({ heldOut }: RebuildReport): string =>
  heldOut === null
    ? 'No held-out.jsonl, so nothing was measured.'
    : `Held-out (${heldOut.rows} prompts): accuracy ${percent(heldOut.accuracy)}, none recall ${percent(heldOut.noneRecall)}, false abstention ${percent(heldOut.falseAbstentionRate)}.`

const nextSteps = ({ outcome, generation, holdsForgotten, current }: RebuildReport): string[] => [
  ...(outcome === 'refused'
    ? [
        `If it is to serve all the same: signalbox generations promote ${generation} --force --reason "why"`,
      ]
    : []),
  ...(holdsForgotten
    ? [`Generation ${current} still holds prompts that were to be forgotten; promote another.`]
    : []),
]

const learned = ({ outcomes }: RebuildReport): string[] =>
  outcomes === null
    ? []
    : [
        `Outcomes of ${outcomes.models.length} models on ${outcomes.prompts} prompts: ${outcomes.verdict === 'passed' ? 'learned from' : 'not learned from'}. ${outcomes.reason}`,
        ...outcomes.routes.map(
          ({ route, target, quality, costUsd, best, prompts }) =>
            `  ${route}: quality ${quality.toFixed(3)} at ${(costUsd * 1_000).toFixed(4)} USD per 1,000 for a target of ${target} of ${best.model} (${best.quality.toFixed(3)} at ${(best.costUsd * 1_000).toFixed(4)}), ${prompts} held-out prompts`,
        ),
      ]

const describe = (report: RebuildReport, usesFeedback: boolean): string[] => [
  headline(report),
  `Embedded ${report.embedded} texts, ${report.reused} known from before. Search: ${report.search}, recall@10 ${report.recallAt10.toFixed(3)}.`,
  ...[report.leftOut, report.library].flatMap((part) => (part ? [part.message] : [])),
  measured(report),
  usesFeedback ? counted(report) : 'Feedback was left out (--no-feedback).',
  ...feedbackLines(report),
  ...learned(report),
  ...(report.gate ? describeGate(report.gate) : []),
  ...nextSteps(report),
]

const promoteMode = ({ promote, promoteAnyway }: Options): 'auto' | 'never' | 'force' => {
  if (promoteAnyway && !promote) {
    throw new RouterError(
      'invalid_request',
      '--no-promote and --promote-anyway exclude each other.',
    )
  }
  if (promoteAnyway) return 'force'
  return promote ? 'auto' : 'never'
}

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const { config, paths } = context
  const promote = promoteMode(options)
  const progress = createProgress(options)
  // Without a database there is no feedback yet, and a rebuild is no reason to make one.
  const store = existsSync(paths.database) ? await context.store() : null
  const report = await rebuild({
    config,
    indexDir: paths.index,
    trainingDir: paths.trainingData,
    cacheDir: paths.cache,
    databaseFile: store && paths.database,
    encoder: await context.encoder(),
    store: options.feedback ? store : null,
    outcomes: store,
    retention: store,
    force: options.force ?? false,
    promote,
    reason: options.reason ?? null,
    author: 'cli',
    trigger: 'command',
    onProgress: ({ stage, done, total }) => progress.update(STAGES[stage], done, total),
  }).finally(() => progress.stop())
  printResult(options, report, () => describe(report, options.feedback))
  if (report.outcome === 'refused') process.exitCode = REFUSED_EXIT_CODE
}

export const registerRebuild = (program: Command): void => {
  program
    .command('rebuild')
    .description(
      'Build the next index generation from training data and feedback, and serve it if it passes the gate.',
    )
    .option('--no-feedback', 'from the training data alone')
    .option('--force', 'build even if nothing has changed')
    .option('--no-promote', 'build and judge only')
    .option('--promote-anyway', 'serve it even if the gate refuses it; needs --reason')
    .option('--reason <text>', 'why the gate is overridden, for the history')
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExits 3 where the gate refuses it; it is then kept, and what served serves on.\n\nExample:\n  signalbox rebuild\n\nUndo it with: signalbox rollback',
    )
    .action((options: Options) => withContext((context) => run(context, options)))
}

// signalbox rebuild: training data + feedback → the next index generation, which a running server picks up by itself.
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { type RebuildReport, rebuild } from '../src/training/rebuild.ts'
import { type ScriptContext, withContext } from './support/context.ts'
import { createProgress, percent, preview, printResult } from './support/output.ts'

interface Options {
  feedback: boolean
  force?: boolean
  json?: boolean
}

const STAGES = {
  embed: 'Embedding ',
  fit: 'Fitting   ',
  evaluate: 'Evaluating',
  graph: 'Indexing  ',
}

const feedbackLines = ({ accepted, rejected }: RebuildReport['fromFeedback']): string[] => [
  ...accepted.map(
    ({ exemplarId, route, text, decisionIds }) =>
      `  + ${route}: ${JSON.stringify(preview(text))} (${exemplarId}, from ${decisionIds.join(', ')})`,
  ),
  ...rejected.map(({ decisionId, reason }) => `  - ${decisionId}: ${reason}`),
]

const describe = (report: RebuildReport, usesFeedback: boolean): string[] => {
  const { accepted, rejected } = report.fromFeedback
  const from = report.parent === null ? '' : `, after generation ${report.parent}`
  const { heldOut } = report
  return [
    report.unchanged
      ? `Nothing has changed: generation ${report.generation} stays current (build anyway with --force).`
      : `Generation ${report.generation} is current${from}: ${report.exemplars} exemplars in ${Object.keys(report.routes).length} routes, ${(report.durationMs / 1000).toFixed(1)} s.`,
    `Embedded ${report.embedded} texts, ${report.reused} known from before. Search: ${report.search}, recall@10 ${report.recallAt10.toFixed(3)}.`,
    heldOut === null
      ? 'No held-out.jsonl, so nothing was measured.'
      : `Held-out (${heldOut.rows} prompts): accuracy ${percent(heldOut.accuracy)}, none recall ${percent(heldOut.noneRecall)}, false abstention ${percent(heldOut.falseAbstentionRate)}.`,
    usesFeedback
      ? `From feedback: ${accepted.length} added, ${rejected.length} rejected.`
      : 'Feedback was left out (--no-feedback).',
    ...feedbackLines(report.fromFeedback),
  ]
}

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const { config, paths } = context
  const progress = createProgress(options)
  const report = await rebuild({
    config,
    indexDir: paths.index,
    trainingDir: paths.trainingData,
    cacheDir: paths.cache,
    encoder: await context.encoder(),
    // Without a database there is no feedback yet, and a rebuild is no reason to make one.
    store: options.feedback && existsSync(paths.database) ? await context.store() : null,
    force: options.force ?? false,
    onProgress: ({ stage, done, total }) => progress.update(STAGES[stage], done, total),
  }).finally(() => progress.stop())
  printResult(options, report, () => describe(report, options.feedback))
}

export const registerRebuild = (program: Command): void => {
  program
    .command('rebuild')
    .description('Build the next index generation from training data and feedback, and serve it.')
    .option('--no-feedback', 'from the training data alone')
    .option('--force', 'build even if nothing has changed')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExample:\n  signalbox rebuild\n\nUndo it with: signalbox rollback')
    .action((options: Options) => withContext((context) => run(context, options)))
}

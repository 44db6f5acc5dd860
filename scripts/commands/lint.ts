// signalbox lint: what is wrong with the training data, where, and what to do about it. Changes nothing.
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import type { Command } from 'commander'
import { lintTraining } from '../../src/quality/lint/lint.ts'
import { trainedRoutes } from '../../src/training/generations/trained-routes.ts'
import { openConfiguredCache } from '../../src/training/rebuild/prepare-training-set.ts'
import { describeLint } from '../report/describe-lint.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { createProgress, printResult } from '../terminal/output.ts'

interface Options {
  all?: boolean
  strict?: boolean
  json?: boolean
}

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const { config, paths } = context
  const encoder = await context.encoder()
  const cache = await openConfiguredCache(paths.cache, encoder, config.encoder)
  const progress = createProgress(options)
  const report = await lintTraining({
    config,
    trainingDir: paths.trainingData,
    shownDir: relative(process.cwd(), paths.trainingData) || '.',
    encoder,
    cache,
    trained: await trainedRoutes(paths.index),
    // Asking for past decisions must not create a database.
    store: existsSync(paths.database) ? await context.store() : null,
    onProgress: (done, total) => progress.update('Embedding', done, total),
  }).finally(() => {
    progress.stop()
    return cache.flush()
  })
  printResult(options, report, () => describeLint(report, { all: options.all ?? false }))
  if (report.errors > 0 || (options.strict && report.warnings > 0)) process.exitCode = 1
}

export const registerLint = (program: Command): void => {
  program
    .command('lint')
    .description(
      'Check the training data: duplicates, conflicts, thin or blurred routes, likely wrong labels, gaps.',
    )
    .option('--all', 'show every finding, not the first few of each rule')
    .option('--strict', 'exit 1 on warnings, too')
    .option('--json', 'one JSON object on stdout, with every finding')
    .addHelpText(
      'after',
      '\nExit code 1 where there are errors, 0 otherwise; notes never count.\n\nExamples:\n  signalbox lint\n  signalbox lint --json | jq \'.findings[] | select(.rule == "label-noise") | .where[0]\'',
    )
    .action((options: Options) => withContext((context) => run(context, options)))
}

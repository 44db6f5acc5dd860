// signalbox outcomes import|list|stats|export|eval: what is known of models' work on prompts. `eval` measures how well a choice
// learned from one file of outcomes does on another.
import { type Command, InvalidArgumentError } from 'commander'
import { outcomeRows } from '../../src/core/outcomes/outcome-row.ts'
import { RouterError } from '../../src/errors.ts'
import { outcomesReport } from '../../src/quality/evaluation/outcomes-report.ts'
import { type OutcomeFile, readOutcomeFile } from '../../src/training/outcomes/outcome-file.ts'
import { describeOutcomes } from '../report/describe-outcomes.ts'
import { openSession } from '../report/eval/session.ts'
import { exportOutcomes, importFile, listOutcomes, outcomeStats } from '../report/kept-outcomes.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { toOpenShare } from '../terminal/option-values.ts'
import { printResult } from '../terminal/output.ts'

interface Options {
  train: string
  test: string
  validation: number
  target: number
  seed: number
  json?: boolean
}

/** Fewer leave folds without the kinds of prompts that they are asked about. */
const LEAST_ROWS = 20

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const train = await readOutcomeFile(options.train)
  const test = await readOutcomeFile(options.test, train.table.models)
  const rows = train.texts.length
  if (rows < LEAST_ROWS) {
    const message = `${options.train} has ${rows} rows; expected at least ${LEAST_ROWS} to learn from.`
    throw new RouterError('invalid_request', message)
  }
  const session = await openSession(context, options)
  const { dimensions, searchDimensions } = await context.encoder()
  const setOf = async ({ texts, table }: OutcomeFile, stage: string) => ({
    rows: outcomeRows(
      { rows: texts.length, cols: dimensions, data: await session.embed(texts, stage) },
      texts.map((text) => session.shape(text).text),
    ),
    table,
  })
  const report = outcomesReport({
    train: await setOf(train, 'Embedding the training rows'),
    test: await setOf(test, 'Embedding the test rows'),
    split: searchDimensions,
    hasCosts: train.hasCosts && test.hasCosts,
    ...{ validation: options.validation, target: options.target, seed: options.seed },
  })
  printResult(options, report, () => describeOutcomes(report))
}

const toTarget = (value: string): number => {
  const target = Number(value)
  if (target > 0 && target <= 1) return target
  throw new InvalidArgumentError('Expected a share of the best quality, at most 1, e.g. 0.98.')
}

const toSeed = (value: string): number => {
  const seed = Number(value)
  if (Number.isInteger(seed) && seed >= 0) return seed
  throw new InvalidArgumentError('Expected a whole number of at least 0.')
}

const toWhole =
  (most: number) =>
  (value: string): number => {
    const number = Number(value)
    if (Number.isInteger(number) && number >= 1 && number <= most) return number
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`)
  }

const registerKept = (outcomes: Command): void => {
  outcomes
    .command('import')
    .description(
      'Keep an evaluation of several models on prompts, to learn from at the next rebuild.',
    )
    .argument('<file>', 'JSONL: {"text", "label"?, "scores": {"model": 0..1, …}, "cost"?: {…}}')
    .option('--dry-run', 'check the file and write nothing')
    .option('--json', 'one JSON object on stdout')
    .action((file: string, options: { dryRun?: boolean; json?: boolean }) =>
      withContext((context) => importFile(context, file, options)),
    )
  outcomes
    .command('list')
    .description('What became of served requests, the latest first.')
    .option('--limit <n>', 'at most so many', toWhole(5_000), 20)
    .option('--route <name>', 'only of this route')
    .option('--json', 'one JSON object on stdout')
    .action((options: { limit: number; route?: string; json?: boolean }) =>
      withContext((context) => listOutcomes(context, options)),
    )
  outcomes
    .command('stats')
    .description('Requests, scores, costs and times of each model on each route.')
    .option('--days <n>', 'only the last so many', toWhole(3_650), 30)
    .option('--json', 'one JSON object on stdout')
    .action((options: { days: number; json?: boolean }) =>
      withContext((context) => outcomeStats(context, options)),
    )
  outcomes
    .command('export')
    .description('All kept outcomes as JSONL on stdout: evaluated prompts, then served requests.')
    .action(() => withContext(exportOutcomes))
}

export const registerOutcomes = (program: Command): void => {
  const outcomes = program
    .command('outcomes')
    .description('What models have been worth on prompts, and what can be learned from it.')
  registerKept(outcomes)
  outcomes
    .command('eval')
    .description(
      'Learn which model to choose from one file of outcomes, and measure it on another.',
    )
    .requiredOption('--train <file>', 'outcomes to learn from')
    .requiredOption('--test <file>', 'outcomes to measure on')
    .option(
      '--validation <share>',
      'share of the training rows to choose the operating point on',
      toOpenShare,
      0.3,
    )
    .option(
      '--target <share>',
      "share of the best model's quality to keep at the least cost",
      toTarget,
      1,
    )
    .option('--seed <n>', 'of folds, splits and resamples', toSeed, 1)
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nRows are JSONL: {"text", "label"?, "scores": {"model": 0..1, …}, "cost"?: {"model": USD, …}}.\n\nExamples:\n  signalbox outcomes eval --train outcomes.train.jsonl --test outcomes.test.jsonl\n  signalbox outcomes eval --train a.jsonl --test b.jsonl --target 0.98 --json',
    )
    .action((options: Options) => withContext((context) => run(context, options)))
}

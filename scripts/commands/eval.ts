// signalbox eval: how good the routing is on labelled prompts, of the served generation or of a file fitted in memory.
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { programVersion } from '../../src/config/program-version.ts'
import { FIT_DEFAULTS, fitClassifier } from '../../src/core/classifier/fit.ts'
import { auditTraining } from '../../src/quality/evaluation/audit.ts'
import {
  type EvalReport,
  evalReportOf,
  type TrainedOn,
} from '../../src/quality/evaluation/eval-report.ts'
import {
  type Prediction,
  readLabelledRows,
  type TrainedRouter,
} from '../../src/quality/evaluation/evaluate-file.ts'
import { writePredictions } from '../../src/quality/evaluation/predictions-file.ts'
import { realisedRisk } from '../../src/quality/evaluation/realised-risk.ts'
import { describeEvaluation } from '../report/describe-evaluation.ts'
import { compareSubjects } from '../report/eval/compare.ts'
import { describeComparison } from '../report/eval/describe-comparison.ts'
import { evaluateLeftOut } from '../report/eval/leave-out.ts'
import { measureFlips, measurePairs } from '../report/eval/measure.ts'
import { type EvalOptions, optionsProblem, withEvalOptions } from '../report/eval/options.ts'
import {
  type EvalSession,
  fittedRouter,
  generationRouter,
  openSession,
  servedNumber,
} from '../report/eval/session.ts'
import { readTrainingFiles } from '../report/eval/training-files.ts'
import { comparisonPage } from '../report/page/comparison-page.ts'
import { evaluationPage } from '../report/page/evaluation-page.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { note, percent, printResult } from '../terminal/output.ts'

const DEFAULT_FLIPS = 200
/** Of `--conformal` without a number. */
const DEFAULT_RISK = 0.15

type Options = EvalOptions & { test: string }

const noteUnknownLabels = (report: EvalReport, routes: ReadonlySet<string>): void => {
  const unknown = report.perRoute.filter((r) => r.support > 0 && !routes.has(r.route))
  if (unknown.length === 0) return
  const names = unknown.slice(0, 5).map(({ route }) => route)
  note(
    `note: ${unknown.length} labels of the test rows are no routes and can only be wrong: ${names.join(', ')}${unknown.length > 5 ? ', …' : ''}`,
  )
}

/** What is evaluated, read and opened in the order in which it can fail soonest. */
const openSubject = async (context: ScriptContext, options: Options) => {
  const rows = await readLabelledRows(options.test)
  const sets = await Promise.all(
    (options.none ?? []).map(async (name) => ({
      name,
      rows: (await readLabelledRows(name)).map(({ text }) => ({ text, label: 'none' })),
    })),
  )
  const training = await readTrainingFiles(options)
  const number = training === null ? await servedNumber(context) : 0
  const session = await openSession(context, options)
  const { config } = context
  const trained = training
    ? await fittedRouter(session, training, config.index)
    : await generationRouter(session, number, config)
  const trainedOn: TrainedOn = training
    ? { file: training.name, rows: training.rows.length }
    : { generation: number }
  return { rows, sets, session, trained, trainedOn }
}

/** A generation keeps no out-of-fold predictions, so they are made again: seconds, and up to half a minute for thousands. */
const auditOf = ({ training, unseen }: TrainedRouter, seed: number) =>
  auditTraining(training, unseen ?? fitClassifier(training.set, { seed }).unseen)

/** The parts that were asked for. */
const measure = async (
  subject: { session: EvalSession; trained: TrainedRouter },
  report: EvalReport,
  predictions: Parameters<typeof measureFlips>[1],
  options: Options,
): Promise<EvalReport> => {
  const { session, trained } = subject
  const { seed } = session.context.config.index
  const input = { session, router: trained.router, seed }
  const { pairs, flips, conformal } = options
  const risk = conformal === true ? DEFAULT_RISK : conformal
  return {
    ...report,
    pairs: pairs === undefined ? null : await measurePairs(input, pairs),
    flips:
      flips === undefined
        ? null
        : await measureFlips(input, predictions, flips === true ? DEFAULT_FLIPS : flips),
    conformal:
      risk === undefined
        ? null
        : realisedRisk(predictions, { risk, delta: FIT_DEFAULTS.delta, seed }),
    audit: options.audit || options.html !== undefined ? auditOf(trained, seed) : null,
  }
}

const evaluateSubject = async (context: ScriptContext, options: Options): Promise<void> => {
  const { rows, sets, session, trained, trainedOn } = await openSubject(context, options)
  const { router } = trained
  const predictions = await session.predict(rows, router, 'Embedding test rows')
  const noneSets: { name: string; predictions: typeof predictions }[] = []
  for (const { name, rows: none } of sets) {
    noneSets.push({ name, predictions: await session.predict(none, router, `Embedding ${name}`) })
  }
  const { seed } = context.config.index
  const basic = evalReportOf({
    trainedOn,
    test: options.test,
    predictions,
    noneSets,
    seed,
    groupings: options.by ?? [],
    made: { version: programVersion(), at: new Date().toISOString() },
  })
  const report = await measure({ session, trained }, basic, predictions, options)
  noteUnknownLabels(report, router.routes)
  await hand(options, report, predictions)
}

/** What is written and said of a report, and whether it is good enough. */
const hand = async (
  options: EvalOptions,
  report: EvalReport,
  predictions: readonly Prediction[],
): Promise<void> => {
  const { predictions: file, html, minAccuracy } = options
  if (file !== undefined) await writePredictions(file, predictions)
  if (html !== undefined) await writeFile(html, evaluationPage(report))
  printResult(options, report, () => describeEvaluation(report))
  if (minAccuracy === undefined || (report.accuracy ?? 0) >= minAccuracy) return
  note(
    `error: accuracy ${percent(report.accuracy)} is below --min-accuracy ${percent(minAccuracy)}`,
  )
  process.exitCode = 1
}

const compare = async (context: ScriptContext, options: EvalOptions): Promise<void> => {
  const report = await compareSubjects(context, options)
  if (options.html !== undefined) await writeFile(options.html, comparisonPage(report))
  printResult(options, report, () => describeComparison(report))
}

export const registerEval = (program: Command): void => {
  const command = withEvalOptions(program.command('eval'))
  command.action((options: EvalOptions) => {
    const problem = optionsProblem(options)
    if (problem !== null) command.error(`error: ${problem}`, { exitCode: 2 })
    return withContext(async (context) => {
      const { leaveOut } = options
      if (leaveOut !== undefined) {
        const { report, predictions } = await evaluateLeftOut(context, { ...options, leaveOut })
        return hand(options, report, predictions)
      }
      return options.compare
        ? compare(context, options)
        : evaluateSubject(context, { ...options, test: options.test ?? '' })
    })
  })
}

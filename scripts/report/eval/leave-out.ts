// signalbox eval --leave-out style: an honest estimate at home, on the exemplars themselves. A router is fitted once for each
// fold without what the fold leaves out, and asked about that.

import { programVersion } from '../../../src/config/program-version.ts'
import { RouterError } from '../../../src/errors.ts'
import { evalReportOf } from '../../../src/quality/evaluation/eval-report.ts'
import type { LabelledRow, Prediction } from '../../../src/quality/evaluation/evaluate-file.ts'
import { type LeftOutKind, leftOutFolds } from '../../../src/quality/evaluation/left-out-folds.ts'
import type { ScriptContext } from '../../terminal/context.ts'
import { note } from '../../terminal/output.ts'
import type { EvalOptions } from './options.ts'
import { fittedRouter, openSession } from './session.ts'
import { readFolder, readTrainingFiles, type TrainingFiles } from './training-files.ts'

/** Files that were named, else the folder of exemplars with what its routes are described as. */
const readRows = async (context: ScriptContext, options: EvalOptions): Promise<TrainingFiles> => {
  const named = await readTrainingFiles(options)
  if (named !== null) return named
  const { config, paths } = context
  const described = Object.entries(config.routes).map(([r, { description }]) => [r, [description]])
  return {
    name: paths.trainingData,
    rows: await readFolder(paths.trainingData, Object.keys(config.routes)),
    descriptions: Object.fromEntries(described),
    trustsDescriptions: config.training.trust_descriptions,
  }
}

const foldsOf = (rows: readonly LabelledRow[], kind: LeftOutKind, seed: number) => {
  const folds = leftOutFolds(rows, kind, { seed })
  if (folds.length >= 2) return folds
  throw new RouterError(
    'invalid_request',
    `The rows are of ${folds.length} ${kind}s, too few to leave one out; tag them: {"text": "…", "route": "…", "${kind}": "…"}`,
  )
}

/** @throws RouterError `invalid_request` where fewer than two groups are tagged, `invalid_exemplar`, or the encoder's */
export const evaluateLeftOut = async (
  context: ScriptContext,
  options: EvalOptions & { leaveOut: LeftOutKind },
) => {
  const { leaveOut: kind, by = kind === 'rows' ? [] : [kind] } = options
  const files = await readRows(context, options)
  const { seed } = context.config.index
  const folds = foldsOf(files.rows, kind, seed)
  const session = await openSession(context, options)
  const predictions: Prediction[] = []
  for (const { names, trained, tested } of folds) {
    note(
      `without ${names.join(', ')}: ${trained.length} rows to learn from, ${tested.length} asked`,
    )
    const at = (positions: number[]) => positions.map((row) => files.rows[row] as LabelledRow)
    const { router } = await fittedRouter(
      session,
      { ...files, rows: at(trained) },
      context.config.index,
    )
    predictions.push(...(await session.predict(at(tested), router, 'Embedding left-out rows')))
  }
  const report = evalReportOf({
    trainedOn: {
      file: `${files.name}, each without the ${kind} it is asked about`,
      rows: files.rows.length,
    },
    test: files.name,
    ...{ predictions, noneSets: [], seed, groupings: by },
    made: { version: programVersion(), at: new Date().toISOString() },
  })
  return { report, predictions }
}

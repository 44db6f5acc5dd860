// `eval --compare A B`: two generations, two settings or two predictions files on the same test rows.
import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { loadConfig } from '../../../src/config/load-config.ts'
import { type EvaluationReport, evaluate } from '../../../src/core/classifier/evaluate.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { RouterError } from '../../../src/errors.ts'
import { type Comparison, comparePredictions } from '../../../src/quality/evaluation/compare.ts'
import {
  type LabelledRow,
  readLabelledRows,
} from '../../../src/quality/evaluation/evaluate-file.ts'
import {
  assertSameRows,
  readPredictions,
  type StoredPrediction,
} from '../../../src/quality/evaluation/predictions-file.ts'
import type { ScriptContext } from '../../terminal/context.ts'
import type { EvalOptions } from './options.ts'
import {
  type EvalSession,
  fittedRouter,
  generationRouter,
  openSession,
  servedNumber,
} from './session.ts'
import { readTrainingFiles } from './training-files.ts'

/** A row that the two decide differently. */
export interface ChangedRow {
  text: string
  label: string
  first: string | null
  second: string | null
  firstConfidence: number
  secondConfidence: number
}

export interface CompareReport extends Omit<Comparison, 'fixed' | 'broken' | 'movedWrong'> {
  first: { name: string; report: EvaluationReport }
  second: { name: string; report: EvaluationReport }
  fixed: ChangedRow[]
  broken: ChangedRow[]
  /** Wrong in both, in different ways. */
  movedWrong: ChangedRow[]
}

type Subject =
  | { kind: 'predictions'; file: string }
  | { kind: 'generation'; number: number }
  | { kind: 'settings'; file: string }

/** @throws RouterError `invalid_request` for what is neither a number nor a file of a known ending */
const subjectOf = (spec: string): Subject => {
  if (/^g?0*[1-9]\d*$/.test(spec)) {
    return { kind: 'generation', number: Number(spec.replace(/^g/, '')) }
  }
  if (spec.endsWith('.jsonl')) return { kind: 'predictions', file: spec }
  if (/\.(ya?ml|json)$/.test(spec)) return { kind: 'settings', file: spec }
  throw new RouterError(
    'invalid_request',
    `--compare takes a generation number, a predictions file (.jsonl) or settings (.yaml, .json), not ${spec}.`,
  )
}

/** Settings that embed otherwise need an encoder of their own, which one run does not start. */
const readSettings = async (file: string, { config }: ScriptContext) => {
  await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new RouterError('invalid_request', `${file} cannot be read (${error.code}).`)
  })
  const settings = loadConfig({ env: { ...process.env, SIGNALBOX_CONFIG: file } }).config
  if (isDeepStrictEqual(settings.encoder, config.encoder)) return settings
  throw new RouterError(
    'invalid_request',
    `${file} has another encoder section; run eval --predictions under each configuration and compare the two files.`,
  )
}

interface CompareInput {
  session: EvalSession
  options: EvalOptions
  rows: readonly LabelledRow[]
}

const routerOf = async (
  subject: Exclude<Subject, { kind: 'predictions' }>,
  { session, options }: CompareInput,
) => {
  const { context } = session
  if (subject.kind === 'generation') {
    return generationRouter(session, subject.number, context.config)
  }
  const settings = await readSettings(subject.file, context)
  const training = await readTrainingFiles(options)
  return training === null
    ? generationRouter(session, await servedNumber(context), settings)
    : fittedRouter(session, training, settings.index)
}

const nameOf = (subject: Subject): string =>
  subject.kind === 'generation' ? `generation ${subject.number}` : subject.file

/** One after the other: two indexes and their vectors need not be in memory at the same time. */
const predictAll = async (
  subjects: readonly Subject[],
  context: ScriptContext,
  options: EvalOptions,
): Promise<StoredPrediction[][]> => {
  const rows = options.test === undefined ? null : await readLabelledRows(options.test)
  let session: EvalSession | null = null
  const out: StoredPrediction[][] = []
  for (const subject of subjects) {
    if (subject.kind === 'predictions') {
      const stored = await readPredictions(subject.file)
      if (rows) {
        assertSameRows({ name: options.test ?? '', rows }, { name: subject.file, rows: stored })
      }
      out.push(stored)
    } else {
      session ??= await openSession(context, options)
      const { router } = await routerOf(subject, { session, options, rows: rows ?? [] })
      out.push(await session.predict(rows ?? [], router, 'Embedding test rows'))
    }
  }
  return out
}

interface Side {
  name: string
  rows: readonly StoredPrediction[]
}

/** @throws RouterError `invalid_request` where the two are not of the same rows */
export const compareReportOf = (first: Side, second: Side, seed: number): CompareReport => {
  assertSameRows(first, second)
  const compared = comparePredictions(first.rows, second.rows, createRandom(seed))
  const changed = (positions: readonly number[]): ChangedRow[] =>
    positions.flatMap((row) => {
      const [was, is] = [first.rows[row], second.rows[row]]
      if (!was || !is) return []
      const routes = { first: was.route, second: is.route }
      const sure = { firstConfidence: was.confidence, secondConfidence: is.confidence }
      return [{ text: was.text, label: was.label, ...routes, ...sure }]
    })
  return {
    ...compared,
    first: { name: first.name, report: evaluate(first.rows) },
    second: { name: second.name, report: evaluate(second.rows) },
    fixed: changed(compared.fixed),
    broken: changed(compared.broken),
    movedWrong: changed(compared.movedWrong),
  }
}

/** @throws RouterError `invalid_request` where the two are not of the same rows, `index_invalid` for a damaged generation */
export const compareSubjects = async (
  context: ScriptContext,
  options: EvalOptions,
): Promise<CompareReport> => {
  const [a, b] = (options.compare ?? []).map(subjectOf) as [Subject, Subject]
  const [first = [], second = []] = await predictAll([a, b], context, options)
  const { seed } = context.config.index
  return compareReportOf({ name: nameOf(a), rows: first }, { name: nameOf(b), rows: second }, seed)
}

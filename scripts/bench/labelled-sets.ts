// Labelled rows with their vectors, as benches use them: the public sets beside the project, each file embedded through the
// cache, and what is chosen, joined, fitted and predicted of them.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Matrix } from '../../src/core/linear/matrix.ts'
import type { RowShape } from '../../src/core/linear/vectors.ts'
import {
  type LabelledRow,
  type Prediction,
  predictRows,
  readLabelledRows,
  trainRouter,
} from '../../src/quality/evaluation/evaluate-file.ts'
import { fitOptions } from '../../src/training/rebuild/fit-options.ts'
import type { Router } from '../../src/training/rebuild/predict.ts'
import { type EvalSession, openSession } from '../report/eval/session.ts'
import { withContext } from '../terminal/context.ts'
import { note } from '../terminal/output.ts'

export interface Rows {
  texts: string[]
  labels: string[]
  /** Routes that are right as well; absent where no row has any. */
  also?: string[][]
  /** A whole row of the encoder for each text. */
  vectors: Float32Array
}

const labelledRows = ({ texts, labels }: Rows): LabelledRow[] =>
  texts.map((text, i) => ({ text, label: labels[i] as string }))

/** The rows with these numbers. */
export const takeRows = (rows: Rows, chosen: readonly number[]): Rows => {
  const width = rows.vectors.length / rows.texts.length
  const vectors = new Float32Array(chosen.length * width)
  chosen.forEach((from, to) => {
    vectors.set(rows.vectors.subarray(from * width, (from + 1) * width), to * width)
  })
  const pick = <T>(all: readonly T[]): T[] => chosen.map((i) => all[i] as T)
  const { texts, labels, also } = rows
  return { texts: pick(texts), labels: pick(labels), ...(also && { also: pick(also) }), vectors }
}

export const joinVectors = (parts: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export const joinRows = (a: Rows, b: Rows): Rows => ({
  texts: [...a.texts, ...b.texts],
  labels: [...a.labels, ...b.labels],
  vectors: joinVectors([a.vectors, b.vectors]),
})

/** The sentence embeddings alone. */
export const sentencesOf = (
  { texts, vectors }: Rows,
  { dimensions, searchDimensions }: RowShape,
): Matrix => {
  const sentences = texts.map((_, i) =>
    vectors.subarray(i * dimensions, i * dimensions + searchDimensions),
  )
  return { rows: texts.length, cols: searchDimensions, data: joinVectors(sentences) }
}

/** @throws RouterError of the encoder */
export const embedRows = async (
  session: EvalSession,
  rows: readonly LabelledRow[],
  stage: string,
): Promise<Rows> => {
  const texts = rows.map(({ text }) => text)
  const labels = rows.map(({ label }) => label)
  const also = rows.map(({ tags }) => tags?.also ?? [])
  return { texts, labels, also, vectors: await session.embed(texts, stage) }
}

export const publicFile = (name: string): string => join('..', 'shared', 'data', name)

/** Parts of a public set, by name; null, and said so, where one is not there. */
export const readParts = async <P extends string>(
  session: EvalSession,
  name: string,
  parts: readonly P[],
): Promise<Record<P, Rows> | null> => {
  const pathOf = (part: P): string => publicFile(`${name}.${part}.jsonl`)
  const missing = parts.find((part) => !existsSync(pathOf(part)))
  if (missing !== undefined) {
    note(`SKIPPED ${name}: there is no ${pathOf(missing)}, so nothing was measured on it.`)
    return null
  }
  const read: Partial<Record<P, Rows>> = {}
  for (const part of parts) {
    read[part] = await embedRows(session, await readLabelledRows(pathOf(part)), `${name} ${part}`)
  }
  return read as Record<P, Rows>
}

export interface PublicSet extends Record<'shots' | 'train' | 'dev', Rows> {
  name: string
}

/** Ten exemplars a route, the traffic, and the prompts that are measured on. */
export const openPublicSet = async (
  name: string,
  session: EvalSession,
): Promise<PublicSet | null> => {
  const parts = await readParts(session, name, ['10shot', 'train', 'dev'])
  return parts && { name, shots: parts['10shot'], train: parts.train, dev: parts.dev }
}

/** As a rebuild fits it, but for perturbed copies and descriptions, which would have to be embedded for every draw. */
export const fitOn = async ({ context, shape }: EvalSession, rows: Rows): Promise<Router> => {
  const { dimensions, searchDimensions } = await context.encoder()
  const { index: config, training } = context.config
  const widths = { dimensions, searchDimensions, shape }
  const { vectors } = rows
  const fit = fitOptions({ index: config, training })
  return trainRouter({ rows: labelledRows(rows), vectors, ...widths, config, fit }).router
}

export const predictOn = ({ shape }: EvalSession, rows: Rows, router: Router): Prediction[] =>
  predictRows({ rows: labelledRows(rows), vectors: rows.vectors, shape, router })

/** What `measure` finds on each set that can be loaded. */
export const onSets = <S, T>(
  names: readonly string[],
  load: (name: string, session: EvalSession) => Promise<S | null>,
  measure: (set: S, session: EvalSession) => T | Promise<T>,
): Promise<Record<string, T>> =>
  withContext(async (context) => {
    const session = await openSession(context, {})
    const results: Record<string, T> = {}
    for (const name of names) {
      const set = await load(name, session)
      if (set) results[name] = await measure(set, session)
    }
    return results
  })

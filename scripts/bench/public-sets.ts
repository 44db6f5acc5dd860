// The public intent sets that benches read: rows, their vectors through the cache, and a router fitted on some of them.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Matrix } from '../../src/core/linear/matrix.ts'
import {
  type LabelledRow,
  readLabelledRows,
  trainRouter,
} from '../../src/quality/evaluation/evaluate-file.ts'
import { fitOptions } from '../../src/training/rebuild/fit-options.ts'
import type { Router } from '../../src/training/rebuild/predict.ts'
import { type EvalSession, openSession } from '../report/eval/session.ts'
import { withContext } from '../terminal/context.ts'
import { note } from '../terminal/output.ts'

const FOLDER = join('..', 'shared', 'data')

/** Labelled rows with a whole row of the encoder each. */
export interface EmbeddedRows {
  rows: LabelledRow[]
  vectors: Float32Array
}

export interface PublicSet {
  name: string
  shots: EmbeddedRows
  train: EmbeddedRows
  dev: EmbeddedRows
}

export interface RowWidths {
  dimensions: number
  searchDimensions: number
}

/** Null where the files are not there. */
const openSet = async (session: EvalSession, name: string): Promise<PublicSet | null> => {
  const pathOf = (part: string) => join(FOLDER, `${name}.${part}.jsonl`)
  if (!['10shot', 'train', 'dev'].every((part) => existsSync(pathOf(part)))) return null
  const read = async (part: string): Promise<EmbeddedRows> => {
    const rows = await readLabelledRows(pathOf(part))
    const vectors = await session.embed(
      rows.map(({ text }) => text),
      `Embedding ${name}`,
    )
    return { rows, vectors }
  }
  return { name, shots: await read('10shot'), train: await read('train'), dev: await read('dev') }
}

export const takeEmbedded = (
  { rows, vectors }: EmbeddedRows,
  chosen: readonly number[],
): EmbeddedRows => {
  const width = vectors.length / rows.length
  const picked = new Float32Array(chosen.length * width)
  chosen.forEach((from, to) => {
    picked.set(vectors.subarray(from * width, (from + 1) * width), to * width)
  })
  return { rows: chosen.map((i) => rows[i] as LabelledRow), vectors: picked }
}

export const joinEmbedded = (a: EmbeddedRows, b: EmbeddedRows): EmbeddedRows => {
  const vectors = new Float32Array(a.vectors.length + b.vectors.length)
  vectors.set(a.vectors)
  vectors.set(b.vectors, a.vectors.length)
  return { rows: [...a.rows, ...b.rows], vectors }
}

/** The sentence embeddings alone. */
export const sentencesOf = (
  { rows, vectors }: EmbeddedRows,
  { dimensions, searchDimensions }: RowWidths,
): Matrix => {
  const data = new Float32Array(rows.length * searchDimensions)
  for (let i = 0; i < rows.length; i++) {
    const from = i * dimensions
    data.set(vectors.subarray(from, from + searchDimensions), i * searchDimensions)
  }
  return { rows: rows.length, cols: searchDimensions, data }
}

/** As a rebuild fits it, but for perturbed copies and descriptions, which would have to be embedded for every draw. */
export const fitOn = (session: EvalSession, widths: RowWidths, set: EmbeddedRows): Router => {
  const { index, training } = session.context.config
  const fit = fitOptions({ index, training })
  const input = { ...set, ...widths, shape: session.shape, config: index, fit }
  return trainRouter(input).router
}

/** What `measure` finds on each set that is there; the others are skipped, and said so. */
export const onPublicSets = <T>(
  names: readonly string[],
  measure: (set: PublicSet, session: EvalSession) => Promise<T>,
): Promise<Record<string, T>> =>
  withContext(async (context) => {
    const session = await openSession(context, {})
    const results: Record<string, T> = {}
    for (const name of names) {
      const set = await openSet(session, name)
      if (set) results[name] = await measure(set, session)
      else note(`SKIPPED ${name}: ../shared/data has no ${name}.{10shot,train,dev}.jsonl`)
    }
    return results
  })

// A labelled set, embedded: three exemplars a route to start from, the rest as traffic, and prompts that training never sees.
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import type { LabelledRow } from '../../../src/quality/evaluation/evaluate-file.ts'
import { augment } from '../../../src/training/exemplars/augment.ts'
import type { EvalSession } from '../../report/eval/session.ts'

export interface Rows {
  /** Routing texts. */
  texts: string[]
  labels: string[]
  /** Routes that are right as well; absent where no row has any. */
  also?: string[][]
  /** Whole rows of the encoder. */
  vectors: Float32Array
}

export interface LabelledSet {
  name: string
  dimensions: number
  searchDimensions: number
  routes: string[]
  start: Rows
  traffic: Rows
  dev: Rows
  /** Held-out prompts of the operator's, which the gate judges beside the voted ones; absent where there are none. */
  guard?: Rows
  /** Names of the routes, which every generation is trained on beside its exemplars. */
  anchors: { vectors: Float32Array; texts: string[]; routes: string[] }
}

export interface SplitOptions {
  /** Exemplars of each route at the beginning. */
  shots: number
  seed: number
}

/** The rows with these numbers. */
export const takeRows = (rows: Rows, chosen: readonly number[], dimensions: number): Rows => {
  const vectors = new Float32Array(chosen.length * dimensions)
  chosen.forEach((row, i) => {
    vectors.set(rows.vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions)
  })
  return {
    texts: chosen.map((row) => rows.texts[row] as string),
    labels: chosen.map((row) => rows.labels[row] as string),
    ...(rows.also ? { also: chosen.map((row) => rows.also?.[row] ?? []) } : {}),
    vectors,
  }
}

/** `first`, and whole rows behind it. */
export const appendVectors = (
  first: Float32Array,
  more: readonly { vector: Float32Array }[],
): Float32Array => {
  const width = more[0]?.vector.length ?? 0
  const all = new Float32Array(first.length + more.length * width)
  all.set(first)
  more.forEach(({ vector }, i) => {
    all.set(vector, first.length + i * width)
  })
  return all
}

/** The first `shots` of each route in a random order, and the others in that order. */
const split = (rows: Rows, { shots, seed }: SplitOptions): { start: number[]; rest: number[] } => {
  const taken = new Map<string, number>()
  const start: number[] = []
  const rest: number[] = []
  for (const row of shuffled([...rows.texts.keys()], createRandom(seed))) {
    const label = rows.labels[row] as string
    const count = taken.get(label) ?? 0
    taken.set(label, count + 1)
    ;(count < shots ? start : rest).push(row)
  }
  return { start, rest }
}

/** @throws RouterError of the encoder */
export const embedRows = async (
  session: EvalSession,
  rows: readonly LabelledRow[],
  stage: string,
): Promise<Rows> => ({
  texts: rows.map(({ text }) => session.shape(text).text),
  labels: rows.map(({ label }) => label),
  also: rows.map(({ tags }) => tags?.also ?? []),
  vectors: await session.embed(
    rows.map(({ text }) => text),
    stage,
  ),
})

/** Routes with their names, and sentences about them where there are any, as anchors of the fit. */
export const embedAnchors = async (
  session: EvalSession,
  descriptions: Readonly<Record<string, readonly string[]>>,
): Promise<LabelledSet['anchors']> => {
  const routes = Object.keys(descriptions)
  const beside = augment({ texts: routes, routes, descriptions, copiesPerRoute: 0, seed: 1 })
  return beside.complete(await session.embed(beside.texts, 'names')).anchors
}

/** @throws RouterError of the encoder */
export const embedSet = async (
  name: string,
  files: { train: readonly LabelledRow[]; dev: readonly LabelledRow[] },
  { session, shots, seed }: SplitOptions & { session: EvalSession },
): Promise<LabelledSet> => {
  const { dimensions, searchDimensions } = await session.context.encoder()
  const train = await embedRows(session, files.train, `${name} train`)
  const dev = await embedRows(session, files.dev, `${name} dev`)
  const routes = [...new Set(train.labels)].sort()
  const anchors = await embedAnchors(
    session,
    Object.fromEntries(routes.map((route) => [route, []])),
  )
  const { start, rest } = split(train, { shots, seed })
  return {
    ...{ name, dimensions, searchDimensions, routes, dev, anchors },
    start: takeRows(train, start, dimensions),
    traffic: takeRows(train, rest, dimensions),
  }
}

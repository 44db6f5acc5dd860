// Learning from outside: public prompts that no one here wrote, half of their sources as votes on the shipped routes, the
// other half to measure on, beside the project's own held-out prompts.
import { existsSync } from 'node:fs'
import type { Config } from '../../../src/config/config-schema.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import {
  type LabelledRow,
  readLabelledRows,
} from '../../../src/quality/evaluation/evaluate-file.ts'
import { loadHeldOut } from '../../../src/training/exemplars/exemplars.ts'
import { type EvalSession, openSession } from '../../report/eval/session.ts'
import { readFolder } from '../../report/eval/training-files.ts'
import { withContext } from '../../terminal/context.ts'
import { note, percent } from '../../terminal/output.ts'
import { joinVectors, publicFile, type Rows, takeRows } from '../labelled-sets.ts'
import { embedAnchors, embedShaped, type LabelledSet } from './learning-set.ts'
import { type CurvePoint, type SimulateResult, simulate, toExemplars } from './simulate.ts'
import { accuracyOn, trainGeneration } from './trained.ts'

export const OUTSIDE = 'outside'
const FILES = ['outside.dev.jsonl', 'outside-more.dev.jsonl']

/** `all` exemplars, or the `untagged` ones: those of before exemplars in the styles of outside prompts were added. */
export type Base = 'all' | 'untagged'

export interface OutsideOptions {
  base: Base
  /** Prompts between rebuilds. */
  every: number
  /** Random halves of the sources. */
  halves: number
  /** Whether the read half is measured as well, by a half of its rows that was not voted on. */
  cross?: boolean
  /** Share of the votes that name a wrong route. */
  wrong: number
  seed: number
}

export interface Half extends SimulateResult {
  seed: number
  rows: { read: number; unread: number }
  /** Right after thresholds on read sources, each prompt by a generation that had votes on the others only; null if not asked. */
  readUnseen: number | null
}

interface OutsidePrompts {
  config: Config
  set: Omit<LabelledSet, 'traffic' | 'dev'>
  rows: Rows
  /** Of each row. */
  sources: string[]
}

const baseRows = async (session: EvalSession, base: Base): Promise<LabelledRow[]> => {
  const { config, paths } = session.context
  const rows = await readFolder(paths.trainingData, Object.keys(config.routes))
  return rows.filter(({ tags }) => base === 'all' || tags?.style.length === 0)
}

/** Null where the files are not there. */
const openOutside = async (session: EvalSession, base: Base): Promise<OutsidePrompts | null> => {
  const paths = FILES.map(publicFile)
  const missing = paths.find((path) => !existsSync(path))
  if (missing) {
    note(`SKIPPED: ${missing} is not there, so nothing was measured on ${OUTSIDE}.`)
    return null
  }
  const { config, paths: own } = session.context
  const { dimensions, searchDimensions } = await session.context.encoder()
  const routes = Object.keys(config.routes)
  const labelled = (await Promise.all(paths.map(readLabelledRows))).flat()
  const heldOut = (await loadHeldOut(own.trainingData, routes)) ?? []
  const toRow = ({ text, route }: { text: string; route: string }) => ({ text, label: route })
  const start = await embedShaped(session, await baseRows(session, base), 'exemplars')
  const described = Object.entries(config.routes).map(([r, { description }]) => [r, [description]])
  return {
    config,
    rows: await embedShaped(session, labelled, OUTSIDE),
    sources: labelled.map(({ tags }) => tags?.source[0] ?? ''),
    set: {
      ...{ name: OUTSIDE, dimensions, searchDimensions, start },
      routes: [...new Set(start.labels)].sort(),
      guard: await embedShaped(session, heldOut.map(toRow), 'held-out'),
      anchors: await embedAnchors(session, Object.fromEntries(described)),
    },
  }
}

/** Rows of a random half of the sources in a random order, and the other rows. */
const halve = (sources: readonly string[], seed: number): { read: number[]; unread: number[] } => {
  const random = createRandom(seed)
  const names = shuffled([...new Set(sources)].sort(), random)
  const chosen = new Set(names.slice(0, Math.ceil(names.length / 2)))
  const all = shuffled([...sources.keys()], random)
  const isRead = (row: number): boolean => chosen.has(sources[row] as string)
  return { read: all.filter(isRead), unread: all.filter((row) => !isRead(row)) }
}

/** Each half of the read rows by a generation that was trained on the other half. */
const crossed = ({ set: own, rows, config }: OutsidePrompts, read: readonly number[]): number => {
  const set = { ...own, traffic: rows, dev: rows }
  const middle = Math.ceil(read.length / 2)
  const parts = [read.slice(0, middle), read.slice(middle)]
  const right = parts.map((part, i) => {
    const learnt = takeRows(rows, parts[1 - i] as number[])
    const vectors = joinVectors([set.start.vectors, learnt.vectors])
    const exemplars = [...toExemplars(set.start), ...toExemplars(learnt)]
    const trained = trainGeneration({ number: 2, exemplars, vectors, set, config })
    return part.length * accuracyOn(trained, takeRows(rows, part), config).decided
  })
  return right.reduce((sum, count) => sum + count, 0) / read.length
}

const measureHalf = (outside: OutsidePrompts, seed: number, options: OutsideOptions): Half => {
  const { set, rows, config } = outside
  const { read, unread } = halve(outside.sources, seed)
  const result = simulate({
    set: {
      ...set,
      traffic: takeRows(rows, read),
      dev: takeRows(rows, unread),
    },
    ...{ config, seed, habit: 'votes', voteShare: 1 },
    ...{ every: options.every, wrongShare: options.wrong },
    onPoint: (point) => note(`${OUTSIDE}, half ${seed}: ${describePoint(point)}`),
  })
  const rowCounts = { read: read.length, unread: unread.length }
  const readUnseen = options.cross ? crossed(outside, read) : null
  return { ...result, seed, rows: rowCounts, readUnseen }
}

/** Null where the files are not there. */
export const learnFromOutside = (options: OutsideOptions): Promise<Half[] | null> =>
  withContext(async (context) => {
    const session = await openSession(context, { json: true })
    const outside = await openOutside(session, options.base)
    if (outside === null) return null
    return Array.from({ length: options.halves }, (_, i) =>
      measureHalf(outside, options.seed + i, options),
    )
  })

const describePoint = ({ requests, guard, refused, exemplars, ...dev }: CurvePoint): string =>
  [
    `${requests} voted, ${exemplars} exemplars`,
    `unread ${percent(dev.decided)} after thresholds, ${percent(dev.best)} before, ${percent(dev.turnedAway)} turned away`,
    guard ? `own held-out ${percent(guard.decided)}, ${percent(guard.turnedAway)} turned away` : '',
    refused === null ? '' : `refused: ${refused}`,
  ]
    .filter((part) => part !== '')
    .join('; ')

const rise = ({ points }: Half): number =>
  100 * ((points.at(-1)?.decided ?? 0) - (points[0]?.decided ?? 0))

/** The curve of each half, and the mean rise of all. */
export const describeHalves = (halves: readonly Half[]): string[] => [
  ...halves.flatMap((half) => [
    `half ${half.seed}: ${half.rows.read} prompts of read sources, ${half.rows.unread} of unread ones, ${half.votes} votes`,
    ...half.points.map((point) => `  ${describePoint(point)}`),
    ...(half.readUnseen === null
      ? []
      : [`  read sources, prompts without votes: ${percent(half.readUnseen)} after thresholds`]),
    `  rises by ${rise(half).toFixed(1)} points`,
  ]),
  `mean rise ${(halves.reduce((sum, half) => sum + rise(half), 0) / Math.max(1, halves.length)).toFixed(1)} points`,
]

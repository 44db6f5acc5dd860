// The files that `eval --train` fits a router on: exemplars, negative exemplars, descriptions of the labels.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import { NONE_ROUTE } from '../../../src/core/types.ts'
import {
  type LabelledRow,
  readLabelledRows,
} from '../../../src/quality/evaluation/evaluate-file.ts'
import type { EvalOptions } from './options.ts'

export interface TrainingFiles {
  /** Names of the files, for the report. */
  name: string
  rows: LabelledRow[]
  /** Sentences by label; null where no file of them was given. */
  descriptions: Record<string, string[]> | null
  /** Whether these decide about prompts that are unlike every exemplar. */
  trustsDescriptions: boolean
}

type Options = Pick<EvalOptions, 'train' | 'trainNone' | 'shots' | 'seed' | 'descriptions'>

/** At most `shots` rows of each label, drawn by the seed, in the order of the draw. */
const drawn = (rows: readonly LabelledRow[], shots: number, seed: number): LabelledRow[] => {
  const counts = new Map<string, number>()
  return shuffled(rows, createRandom(seed)).filter(({ label }) => {
    const count = (counts.get(label) ?? 0) + 1
    counts.set(label, count)
    return count <= shots
  })
}

const readDescriptions = async (file: string): Promise<Record<string, string[]>> => {
  const byLabel: Record<string, string[]> = {}
  for (const { text, label } of await readLabelledRows(file)) {
    byLabel[label] = [...(byLabel[label] ?? []), text]
  }
  return byLabel
}

/** The exemplars of a folder's configured routes and of `none`, with what their lines say of themselves. */
export const readFolder = async (
  folder: string,
  routes: readonly string[],
): Promise<LabelledRow[]> => {
  const files = [...routes, NONE_ROUTE].map((route) => join(folder, `${route}.jsonl`))
  const isFilled = (file: string): boolean => existsSync(file) && statSync(file).size > 0
  return (await Promise.all(files.filter(isFilled).map(readLabelledRows))).flat()
}

/** Null without --train. */
export const readTrainingFiles = async (options: Options): Promise<TrainingFiles | null> => {
  const { train, trainNone = [], shots, seed = 1, descriptions } = options
  if (train === undefined) return null
  const all = (await Promise.all(train.map(readLabelledRows))).flat()
  const rows = shots === undefined ? all : drawn(all, shots, seed)
  for (const file of trainNone) {
    const none = await readLabelledRows(file)
    rows.push(...none.map(({ text }) => ({ text, label: NONE_ROUTE })))
  }
  return {
    name: train.join(' + '),
    rows,
    descriptions: descriptions === undefined ? null : await readDescriptions(descriptions),
    trustsDescriptions: descriptions !== undefined,
  }
}

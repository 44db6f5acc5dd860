// The public files of outcomes that the bench reads, each split once into rows to learn from and rows to measure on.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Matrix, takeRows } from '../../../src/core/linear/matrix.ts'
import { outcomeRows } from '../../../src/core/outcomes/outcome-row.ts'
import {
  columnMeans,
  type OutcomeTable,
  takeOutcomes,
} from '../../../src/core/outcomes/outcome-table.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import { bestOf, withUnitCosts } from '../../../src/quality/evaluation/outcome-curve.ts'
import type { OutcomeSet } from '../../../src/quality/evaluation/outcome-rivals.ts'
import { readOutcomeFile } from '../../../src/training/outcomes/outcome-file.ts'
import type { EvalSession } from '../../report/eval/session.ts'
import { note } from '../../terminal/output.ts'

const FOLDER = join('..', 'shared', 'data')
export const TRAIN_SHARE = 0.7

export interface OutcomesToMeasure {
  name: string
  train: OutcomeSet
  test: OutcomeSet
  /** All rows, for other splits. */
  whole: OutcomeSet
  /** Numbers of the sentence embedding at the beginning of a row. */
  split: number
  hasCosts: boolean
  /** Number of the model that is best on the training rows. */
  best: number
}

/** Rows for the model of outcomes. */
export const embedRows = async (
  session: EvalSession,
  texts: readonly string[],
  stage: string,
): Promise<Matrix> => {
  const { dimensions } = await session.context.encoder()
  const data = await session.embed(texts, stage)
  const shaped = texts.map((text) => session.shape(text).text)
  return outcomeRows({ rows: texts.length, cols: dimensions, data }, shaped)
}

/** Null, and said so, where the file is not there. */
export const openOutcomes = async (
  session: EvalSession,
  name: string,
  seed: number,
): Promise<OutcomesToMeasure | null> => {
  const path = join(FOLDER, `outcomes.${name}.train.jsonl`)
  if (!existsSync(path)) {
    note(`SKIPPED ${name}: there is no ${path}`)
    return null
  }
  const file = await readOutcomeFile(path)
  const rows = await embedRows(session, file.texts, `Embedding ${name}`)
  const order = Int32Array.from(shuffled([...file.texts.keys()], createRandom(seed)))
  const cut = Math.floor(order.length * TRAIN_SHARE)
  const best = bestOf(columnMeans(takeOutcomes(file.table, order.slice(0, cut)).scores))
  const table: OutcomeTable = file.hasCosts ? file.table : withUnitCosts(file.table, best)
  const setOf = (chosen: Int32Array): OutcomeSet => ({
    rows: takeRows(rows, chosen),
    table: takeOutcomes(table, chosen),
  })
  const { searchDimensions: split } = await session.context.encoder()
  return {
    ...{ name, split, best, hasCosts: file.hasCosts },
    train: setOf(order.slice(0, cut)),
    test: setOf(order.slice(cut)),
    whole: { rows, table },
  }
}

// Is a target kept by what a rebuild makes? Everything is fitted anew on 70 % of the rows, a quarter of them held out of the fit and the
// price solved on that, as the server does it, and measured on the other 30 %, over random splits.
import { takeRows } from '../../../src/core/linear/matrix.ts'
import { lowerBounds, unseenOf } from '../../../src/core/outcomes/learned-outcomes.ts'
import { estimateOutcomes } from '../../../src/core/outcomes/outcome-model.ts'
import { takeOutcomes } from '../../../src/core/outcomes/outcome-table.ts'
import { priceLadder } from '../../../src/core/outcomes/price-ladder.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import type { OutcomeSet } from '../../../src/quality/evaluation/outcome-rivals.ts'
import { fitHeldOut } from '../../../src/training/outcomes/fit-outcomes.ts'
import { judgeRoute } from '../../../src/training/outcomes/outcomes-gate.ts'
import { percent } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'
import { verdict } from '../harness.ts'
import {
  KEPT,
  type KeptTarget,
  summedTrials,
  TARGETS,
  type Trial,
  tryTargets,
} from './kept-targets.ts'
import { type OutcomesToMeasure, TRAIN_SHARE } from './outcome-sets.ts'

export interface FreshTarget extends KeptTarget {
  /** Share of the splits where a rebuild would not keep what it fitted. */
  refused: number
}

export interface FreshSet {
  name: string
  splits: number
  /** Rows of the file. */
  rows: number
  targets: FreshTarget[]
}

interface FreshTrial extends Trial {
  isRefused: boolean
}

interface Split {
  known: OutcomeSet
  other: OutcomeSet
  /** Of the prompts to learn from; they decide which are held out of the fit. */
  ids: string[]
}

const trySplit = (
  { known, other, ids }: Split,
  options: { split: number; seed: number },
): FreshTrial[] => {
  const { model, heldOut } = fitHeldOut({ ...known, ids, isServed: ids.map(() => false) }, options)
  const aim = { route: 'any', models: model.models }
  const solvedOn = unseenOf({ models: model.models, heldOut }, aim)
  if (solvedOn === null) throw new Error('A file of outcomes needs at least two models.')
  const best = model.models.indexOf(priceLadder(solvedOn).best.model)
  const estimates = lowerBounds(estimateOutcomes(model, other.rows))
  return tryTargets(solvedOn, { estimates, table: other.table }, best).map((trial, t) => {
    const { verdict } = judgeRoute({ ...aim, quality: TARGETS[t] as number }, solvedOn)
    return { ...trial, isRefused: verdict === 'refused' }
  })
}

export const freshSet = (
  { name, whole, split }: OutcomesToMeasure,
  { splits, seed }: { splits: number; seed: number },
): FreshSet => {
  const random = createRandom(seed)
  const numbers = [...whole.table.labels.keys()]
  const cut = Math.floor(numbers.length * TRAIN_SHARE)
  const take = (rows: Int32Array): OutcomeSet => ({
    rows: takeRows(whole.rows, rows),
    table: takeOutcomes(whole.table, rows),
  })
  const trials = Array.from({ length: splits }, (_, number) => {
    const order = Int32Array.from(shuffled(numbers, random))
    const ids = Array.from(order.slice(0, cut), (row) => `split ${number} prompt ${row}`)
    const parts = { known: take(order.slice(0, cut)), other: take(order.slice(cut)), ids }
    return trySplit(parts, { split, seed: seed + number })
  })
  const targets = TARGETS.map((target, t) => {
    const own = trials.map((trial) => trial[t] as FreshTrial)
    const refused = own.filter(({ isRefused }) => isRefused).length / own.length
    return { ...summedTrials(target, own), refused }
  })
  return { name, splits, rows: numbers.length, targets }
}

export const describeFresh = ({ name, splits, rows, targets }: FreshSet): string[] => [
  '',
  `${name}: ${splits} random splits of ${rows} rows, fitted anew on each`,
  ...table([
    [
      'target',
      'at most a point below',
      'within a point',
      'mean of what is over',
      'saved',
      'refused',
      '',
    ],
    ...targets.map(({ target, kept, near, over, saved, refused }) => [
      ...[target, kept, near, over, saved, refused].map((value) => percent(value)),
      verdict(kept >= KEPT),
    ]),
  ]),
]

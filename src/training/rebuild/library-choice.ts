// Whether the library's exemplars help the routes that were begun with them. The operator's own exemplars are the judge: each is
// asked about by parts that were fitted without it, with the library beside and without. A route of the same meaning gains by the
// library, one that is drawn differently loses nothing.
import type { TrainingSet } from '../../core/classifier/classifier.ts'
import { type FitOptions, fitClassifier } from '../../core/classifier/fit.ts'
import { trainingSubset } from './training-subset.ts'

/** A route with fewer exemplars of its own says nothing about the library's, and keeps them. */
export const LEAST_OWN = 5

export interface LibraryChoice {
  /** Rows of the set that are trained on, in their order. */
  rows: number[]
  isKept: boolean
  /** Routes whose own exemplars were the judge. */
  judged: string[]
  /** Own exemplars that were asked about. */
  own: number
  /** Their mean squared error, (1 − probability of the right route)², without the library and with it. */
  error: { without: number; with: number }
}

interface Question {
  set: TrainingSet
  /** Of each row. */
  isLibrary: readonly boolean[]
  options: FitOptions
}

/** Squared error of each own row, by its number in the whole set. */
const errorsOn = ({ set, isLibrary, options }: Question, rows: readonly number[]) => {
  const { sample: _sample, ...subset } = trainingSubset(set, rows)
  const { unseen } = fitClassifier(subset, options)
  return new Map(
    unseen.flatMap(({ row, ownProbability }) => {
      const whole = rows[row] as number
      return isLibrary[whole] ? [] : [[whole, (1 - ownProbability) ** 2] as const]
    }),
  )
}

/** Routes that have exemplars of the library, and enough of their own to judge these by. */
const judgedRoutes = ({ set, isLibrary }: Question): string[] => {
  const own = new Map<string, number>()
  set.routes.forEach((route, row) => {
    if (!isLibrary[row]) own.set(route, (own.get(route) ?? 0) + 1)
  })
  const begun = new Set(set.routes.filter((_, row) => isLibrary[row]))
  return [...begun].filter((route) => (own.get(route) ?? 0) >= LEAST_OWN).sort()
}

const meanOver = (errors: ReadonlyMap<number, number>, rows: readonly number[]): number =>
  rows.reduce((sum, row) => sum + (errors.get(row) as number), 0) / Math.max(1, rows.length)

/**
 * All of it or none: of some routes alone, the others are outnumbered by it (65 % of prompts right instead of 78 or 82), and what is
 * most like the own exemplars flatters itself, because it was chosen by those that judge.
 * @returns null where there is nothing to judge
 */
export const chooseLibrary = (question: Question): LibraryChoice | null => {
  const { set, isLibrary } = question
  const judged = judgedRoutes(question)
  if (judged.length === 0) return null
  const all = [...set.routes.keys()]
  const own = all.filter((row) => !isLibrary[row] || !judged.includes(set.routes[row] as string))
  const without = errorsOn(question, own)
  const beside = errorsOn(question, all)
  // Of a large set only a part is asked about.
  const asked = [...without.keys()].filter((row) => beside.has(row))
  const error = { without: meanOver(without, asked), with: meanOver(beside, asked) }
  const isKept = error.with < error.without
  return { rows: isKept ? all : own, isKept, judged, own: asked.length, error }
}

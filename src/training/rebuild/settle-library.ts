// What of the library a build is trained on, and the sentence that says so.

import type { FitOptions } from '../../core/classifier/fit.ts'
import type { RowShape } from '../../core/linear/vectors.ts'
import { chooseLibrary, type LibraryChoice } from './library-choice.ts'
import type { TrainingData } from './prepare-training-set.ts'
import { trainingSubset } from './training-subset.ts'

export interface LibraryReport {
  /** Routes that were begun with the library, and whose own exemplars were the judge of it. */
  routes: string[]
  /** Exemplars of the library of these routes that are trained on, and that are left out. */
  kept: number
  leftOut: number
  /** One line: what is left out, and why. */
  message: string
}

const describe = ({ isKept, judged, own, error }: LibraryChoice, library: number): string => {
  const [without, beside] = [error.without.toFixed(3), error.with.toFixed(3)]
  return `The library's ${library} exemplars of ${judged.join(', ')} ${isKept ? 'help' : 'are left out'}: the squared error on ${own} exemplars of your own is ${beside} with them and ${without} without.`
}

/** The same data without what of the library does not help; all of it where there is nothing to judge it by. */
export const settleLibrary = (
  data: TrainingData,
  shape: RowShape,
  options: FitOptions,
): TrainingData => {
  const { exemplars, fromLibrary, beside } = data
  const isLibrary = exemplars.map(({ id }) => fromLibrary.has(id))
  if (!isLibrary.includes(true)) return data
  const routes = exemplars.map(({ route }) => route)
  const set = { ...shape, vectors: data.vectors, texts: data.texts, routes, ...beside }
  const choice = chooseLibrary({ set, isLibrary, options })
  if (choice === null) return data
  const { rows, judged } = choice
  const leftOut = exemplars.length - rows.length
  const library = isLibrary.filter((is, row) => is && judged.includes(routes[row] as string)).length
  const { vectors, texts, copies } = trainingSubset(set, rows)
  return {
    ...data,
    exemplars: rows.map((row) => exemplars[row] as TrainingData['exemplars'][number]),
    ...{ texts, vectors, beside: { ...beside, copies } },
    library: {
      ...{ routes: judged, kept: library - leftOut, leftOut },
      message: describe(choice, library),
    },
  }
}

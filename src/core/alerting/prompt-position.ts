// Where a prompt lies, as the classifier sees it: the score of each route, how near the exemplars are and how long the text is. The
// mean and the covariance of these numbers over many prompts are a baseline: see position-watch.ts.

/** Nothing of the prompt itself. */
export interface PromptPosition {
  /** Of each trained route. */
  scores: Readonly<Record<string, number>>
  /** Of the nearest exemplars. */
  similarities: readonly number[]
  /** Length of the routing text. */
  chars: number
}

/** Sums over the rows of a baseline. */
export interface PositionSums {
  rows: number
  /** Trained routes, in the order of their numbers. */
  routes: string[]
  mean: number[]
  /** Sums of products of deviations from the mean, row by row of the lower triangle. */
  products: number[]
}

/** Below it a score says no more than that it is not this route. */
const LEAST_SCORE = 0.001

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** The numbers of one prompt: one for each route, and three. */
export const numbersOf = (
  { scores, similarities, chars }: PromptPosition,
  routes: readonly string[],
): number[] => [
  ...routes.map((route) => Math.log(Math.max(LEAST_SCORE, scores[route] ?? 0))),
  average(similarities),
  similarities[0] ?? 0,
  Math.log(Math.max(1, chars)),
]

/** What a number is, for a sentence. */
export const numberName = (at: number, routes: readonly string[]): string =>
  at < routes.length
    ? `the score of ${routes[at]}`
    : at < routes.length + 2
      ? 'how near exemplars are'
      : 'how long they are'

export const emptySums = ({ scores }: PromptPosition): PositionSums => {
  const routes = Object.keys(scores).sort()
  const size = routes.length + 3
  return {
    rows: 0,
    routes,
    mean: new Array<number>(size).fill(0),
    products: new Array<number>((size * (size + 1)) / 2).fill(0),
  }
}

/** Welford's update, which loses no digits. */
export const addToSums = (sums: PositionSums, position: PromptPosition): void => {
  const { mean, products, routes } = sums
  sums.rows += 1
  const before = numbersOf(position, routes).map((value, i) => value - (mean[i] as number))
  for (const [i, off] of before.entries()) mean[i] = (mean[i] as number) + off / sums.rows
  const share = (sums.rows - 1) / sums.rows
  let at = 0
  for (let i = 0; i < before.length; i += 1) {
    const scaled = (before[i] as number) * share
    for (let j = 0; j <= i; j += 1, at += 1) {
      products[at] = (products[at] as number) + scaled * (before[j] as number)
    }
  }
}

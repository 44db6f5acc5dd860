// Prompts as a generation sees them, without a generation: sets that differ in how sure it is of them and where they go.
import type { ShapeRow } from '../../../src/core/alerting/traffic-shape.ts'
import type { Random } from '../../../src/core/statistics/random.ts'

export const ROUTES = ['code', 'math', 'writing', 'facts', 'general']
/** Of all prompts on an ordinary day. */
const SHARES = [0.3, 0.175, 0.2, 0.2, 0.125]

const pick = (random: Random, shares: readonly number[]): string => {
  let left = random()
  for (const [i, share] of shares.entries()) {
    left -= share
    if (left < 0) return ROUTES[i] as string
  }
  return ROUTES.at(-1) as string
}

/** Beta-like: the largest or the smallest of a few draws. */
const largest = (random: Random, draws: number): number =>
  Math.max(...Array.from({ length: draws }, () => random()))

const rowOf = (top: string, confidence: number, novel: number, random: Random): ShapeRow => {
  const isNovel = random() < novel
  return { top, confidence, isNovel, isAbstained: isNovel || confidence < 0.35 }
}

/** Mostly sure; by day a fifth more of the first route than by night. */
export const ordinary = (random: Random, hour = 12): ShapeRow => {
  const swing = 0.03 * Math.sin(((hour % 24) / 24) * 2 * Math.PI)
  const [first = 0, ...rest] = SHARES
  const shares = [first + swing, ...rest.map((share) => share - swing / rest.length)]
  return rowOf(pick(random, shares), largest(random, 6), 0.03, random)
}

/** Sets that may replace a part of the traffic, by what is different in them. */
export const OTHER_SETS: Record<string, (random: Random) => ShapeRow> = {
  /** Of a domain that nothing was trained on. */
  foreign: (random) => rowOf(pick(random, [0.2, 0.2, 0.2, 0.2, 0.2]), random() * 0.7, 0.6, random),
  /** Known, but worded so that the classifier is less sure. */
  unsure: (random) => rowOf(pick(random, SHARES), random() * 0.75, 0.03, random),
  /** All about one thing. */
  one_sided: (random) => rowOf('facts', largest(random, 6), 0.03, random),
}

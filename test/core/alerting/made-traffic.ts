// Prompts as a generation sees them, without a generation: sets that differ in how sure it is of them and where they go.
import type { PromptPosition } from '../../../src/core/alerting/prompt-position.ts'
import type { ShapeRow } from '../../../src/core/alerting/traffic-shape.ts'
import { createRandom, type Random } from '../../../src/core/statistics/random.ts'

export const ROUTES = ['code', 'math', 'writing', 'facts', 'general']
/** Of all prompts on an ordinary day. */
const SHARES = [0.3, 0.175, 0.2, 0.2, 0.125]

const pick = (random: Random, shares: readonly number[]): string => {
  let left = random()
  for (let i = 0; i < shares.length; i++) {
    left -= shares[i] ?? 0
    if (left < 0) return ROUTES[i] as string
  }
  return ROUTES.at(-1) as string
}

/** Beta-like: the largest or the smallest of a few draws. */
const largest = (random: Random, draws: number): number => {
  let most = 0
  for (let i = 0; i < draws; i++) most = Math.max(most, random())
  return most
}

/** Roughly normal, of variance 1. */
const noise = (random: Random): number =>
  (random() + random() + random() + random() - 2) * Math.sqrt(3)

interface Made {
  top: string
  confidence: number
  novel: number
  /** How much shorter and farther from exemplars than on an ordinary day. */
  shift?: number
}

/** The best route has what the classifier is sure of, the others share the rest. */
const positionOf = ({ top, confidence, shift = 0 }: Made): PromptPosition => {
  const random = createRandom(Math.floor(confidence * 1e9))
  const scores: Record<string, number> = {}
  let total = 0
  for (const route of ROUTES) {
    const part = route === top ? 0 : 0.2 + random()
    scores[route] = part
    total += part
  }
  for (const route of ROUTES) scores[route] = ((1 - confidence) * (scores[route] ?? 0)) / total
  scores[top] = confidence
  const best = 0.6 + 0.12 * noise(random) - shift * 0.09
  return {
    scores,
    similarities: [best, best - 0.1 - 0.02 * noise(random)],
    chars: Math.exp(5 + noise(random) - shift),
  }
}

const rowOf = (made: Made, random: Random): ShapeRow => {
  const { top, confidence } = made
  const isNovel = random() < made.novel
  const position = positionOf(made)
  return { top, confidence, isNovel, isAbstained: isNovel || confidence < 0.35, position }
}

/** Mostly sure; by day a fifth more of the first route than by night. */
export const ordinary = (random: Random, hour = 12): ShapeRow => {
  const swing = 0.03 * Math.sin(((hour % 24) / 24) * 2 * Math.PI)
  const others = SHARES.length - 1
  const shares = SHARES.map((share, i) => (i === 0 ? share + swing : share - swing / others))
  return rowOf({ top: pick(random, shares), confidence: largest(random, 6), novel: 0.03 }, random)
}

/** Sets that may replace a part of the traffic, by what is different in them. */
export const OTHER_SETS: Record<string, (random: Random) => ShapeRow> = {
  /** Of a domain that nothing was trained on. */
  foreign: (random) => {
    const top = pick(random, [0.2, 0.2, 0.2, 0.2, 0.2])
    return rowOf({ top, confidence: random() * 0.7, novel: 0.6 }, random)
  },
  /** Known, but worded so that the classifier is less sure. */
  unsure: (random) =>
    rowOf({ top: pick(random, SHARES), confidence: random() * 0.75, novel: 0.03 }, random),
  /** All about one thing. */
  one_sided: (random) =>
    rowOf({ top: 'facts', confidence: largest(random, 6), novel: 0.03 }, random),
  /** As sure, novel and spread as ever, but shorter and somewhat farther from the exemplars. */
  terse: (random) => {
    const made = { top: pick(random, SHARES), confidence: largest(random, 6), novel: 0.03 }
    return rowOf({ ...made, shift: 2 }, random)
  },
}

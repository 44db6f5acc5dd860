import { expect, it } from 'vitest'
import { createPositionWatch } from '../../../src/core/alerting/position-watch.ts'
import {
  addToSums,
  emptySums,
  type PositionSums,
  type PromptPosition,
} from '../../../src/core/alerting/prompt-position.ts'
import { createRandom, type Random } from '../../../src/core/statistics/random.ts'

/** Of two routes; `chars` is what may be other. */
const made = (random: Random, chars: number): PromptPosition => {
  const code = 0.05 + 0.9 * random()
  const similarities = [0.5 + 0.3 * random(), 0.5]
  return { scores: { math: 1 - code, code }, similarities, chars: chars * (0.5 + random()) }
}

const sumsOf = (rows: readonly PromptPosition[]): PositionSums => {
  const sums = emptySums(rows[0] as PromptPosition)
  for (const row of rows) addToSums(sums, row)
  return sums
}

const many = (count: number, random: Random, chars: number): PromptPosition[] =>
  Array.from({ length: count }, () => made(random, chars))

it('knows mean and covariance as they are computed from all rows at once', () => {
  const rows = many(50, createRandom(1), 200)
  const { mean, products, routes } = sumsOf(rows)
  expect(routes).toEqual(['code', 'math'])
  const lengths = rows.map(({ chars }) => Math.log(chars))
  const average = lengths.reduce((sum, value) => sum + value, 0) / 50
  const squares = lengths.reduce((sum, value) => sum + (value - average) ** 2, 0)
  expect(mean.at(-1)).toBeCloseTo(average, 10)
  expect(products.at(-1)).toBeCloseTo(squares, 10)
})

it('names what changed most, and ends once prompts are as they were', () => {
  const random = createRandom(2)
  const watch = createPositionWatch(sumsOf(many(800, random, 200)))
  for (const row of many(3_000, random, 200)) watch?.add(row)
  expect(watch?.alarm()).toBeNull()
  for (const row of many(200, random, 400)) watch?.add(row)
  expect(watch?.alarm()).toMatch(/how long they are/)
  for (const row of many(1_500, random, 200)) watch?.add(row)
  expect(watch?.alarm()).toBeNull()
})

it('does not watch against fewer rows than tell how the numbers go together', () => {
  const random = createRandom(3)
  expect(createPositionWatch(sumsOf(many(99, random, 200)))).toBeNull()
  expect(createPositionWatch(sumsOf(many(100, random, 200)))).not.toBeNull()
})

it('bears a baseline in which a number never changed', () => {
  const [row] = many(1, createRandom(4), 200) as [PromptPosition]
  const watch = createPositionWatch(sumsOf(new Array<PromptPosition>(200).fill(row)))
  for (let n = 0; n < 1_000; n += 1) watch?.add(row)
  expect(watch?.alarm()).toBeNull()
})

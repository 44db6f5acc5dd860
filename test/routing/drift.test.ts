// A route over two half-lives, simulated: the best model gets bad at half-time. Estimates are those of the first half and are never
// made anew; only votes on answers tell of the change. A clock and chance of its own.
import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../src/config/load-config.ts'
import { priceLadder } from '../../src/core/outcomes/price-ladder.ts'
import type { ServedOutcome } from '../../src/core/records/model-outcome.ts'
import type { Selection } from '../../src/core/select/selection.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import { createOutcomeMemory } from '../../src/routing/outcome-memory.ts'
import type { EstimatePrompt } from '../../src/routing/prompt-estimates.ts'
import { createRankModels } from '../../src/routing/rank-models.ts'
import { COSTS, DIMENSIONS, MODELS, madeOutcomes } from '../support/made-outcomes.ts'

/** By kind of prompt: the dear model is by far the best for both. */
const QUALITY = [
  [0.8, 0.3, 0.95],
  [0.3, 0.7, 0.95],
]

const { table } = madeOutcomes(300, 2)
const data = table.scores.data.map(
  (_, at) => QUALITY[Math.floor(at / MODELS.length) % 2]?.[at % MODELS.length] as number,
)
const quality = { ...table.scores, data }
const ladder = priceLadder({
  estimates: { quality, cost: table.costs },
  table: { ...table, scores: quality },
})

/** What is said of each kind of prompt; the kind is the first number of its row. */
const estimatesOf =
  (known: readonly (readonly number[])[], halfWidth: number): EstimatePrompt =>
  (prompt) => {
    const kind = prompt?.embedding?.[0] as number
    const base = MODELS.map((name, j) => {
      const quality = known[kind]?.[j] as number
      return [name, { quality, halfWidth, costUsd: COSTS[j] as number }] as const
    })
    return { base: new Map(base), counts: [], ladder, isSolvedAlike: true }
  }

/** What was true in the first half. */
const estimate = estimatesOf(QUALITY, 0.05)

/** What forty prompts of each kind said in the first half: off by up to 0.15 and more. */
const roughEstimate = (seed: number): EstimatePrompt => {
  const random = createRandom(seed)
  const seen = QUALITY.map((row) =>
    row.map(
      (value) => Array.from({ length: 40 }, () => random()).filter((x) => x < value).length / 40,
    ),
  )
  return estimatesOf(seen, 0.13)
}

const configOf = (select: unknown) =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: Object.fromEntries(
        MODELS.map((name, j) => [
          name,
          {
            ...{ provider: 'demo', name, input_usd_per_million: 0 },
            output_usd_per_million: ((COSTS[j] as number) * 1e6) / 300,
          },
        ]),
      ),
      routes: { any: { models: MODELS, select } },
      default_route: 'any',
    },
    'the simulation',
  )

interface Half {
  /** Of each kind and model. */
  quality: readonly (readonly number[])[]
  requests: number
}

interface Options {
  /** Whether anything was learned before. */
  isLearned?: boolean
  /** Share of the answers that are voted on. */
  votes?: number
  /** Share of the votes that say the opposite. */
  wrong?: number
  seed?: number
  estimate?: EstimatePrompt
}

const simulate = (select: unknown, halves: readonly Half[], options: Options = {}) => {
  const { isLearned = true, votes = 1, wrong = 0, seed = 11 } = options
  const known = options.estimate ?? estimate
  const random = createRandom(seed)
  let clock = 1_000_000
  const memory = createOutcomeMemory({ now: () => clock })
  const rank = createRankModels(configOf(select), {
    ...{ random, answerTokens: () => 300, correction: memory.correction },
    ...(isLearned && { estimate: known }),
  })
  const home = { route: 'any', reason: 'matched' as const, models: MODELS }
  return halves.map(({ quality, requests }) =>
    Array.from({ length: requests }, () => {
      clock += 10_000
      const kind = random() < 0.5 ? 0 : 1
      const embedding = new Float32Array(DIMENSIONS).fill(kind)
      const prompt = { generation: null, embedding, text: { text: 'hello' } }
      const body = { messages: [{ role: 'user', content: 'hello' }] }
      const { ranking, selection } = rank(home, { body, prompt })
      const model = ranking[0]?.model as string
      const expected = quality[kind]?.[MODELS.indexOf(model)] as number
      const isGood = random() < expected
      const score = isGood === random() >= wrong ? 1 : 0
      const outcome = { route: 'any', model, score, selection: selection as Selection }
      if (random() < votes) memory.learn([outcome as ServedOutcome])
      return { model, expected, best: Math.max(...(quality[kind] as number[])) }
    }),
  )
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const BEST = { policy: 'learned', target: { quality: 1 } }
/** `dear`, the best for both kinds, becomes bad at both. */
const DRIFT: Half[] = [
  { quality: QUALITY, requests: 300 },
  { quality: QUALITY.map(([a, b]) => [a as number, b as number, 0.3]), requests: 1_500 },
]

describe('a model that gets bad at half-time', () => {
  it.each([1, 2, 3, 4, 5])(
    'is found out within 500 outcomes: most of what can be gained is (seed %i)',
    (seed) => {
      const [, after = []] = simulate(BEST, DRIFT, { seed })
      const [, stale = []] = simulate(BEST, DRIFT, { seed, votes: 0 })
      const oracle = mean(after.map(({ best }) => best))
      const lost = mean(stale.map(({ expected }) => expected))
      expect(oracle - lost).toBeGreaterThan(0.2)
      const recovered = mean(after.slice(500).map(({ expected }) => expected))
      expect((recovered - lost) / (oracle - lost)).toBeGreaterThan(0.9)
    },
  )

  it.each([1, 2, 3, 4])(
    'is found out within 500 votes where one answer of ten is voted on, one vote of ten is wrong and estimates are rough (seed %i)',
    (seed) => {
      const halves = [DRIFT[0] as Half, { ...(DRIFT[1] as Half), requests: 7_000 }]
      const hard = { seed, estimate: roughEstimate(100 + seed), wrong: 0.1 }
      const [, after = []] = simulate(BEST, halves, { ...hard, votes: 0.1 })
      // Without votes one request is as good as any.
      const [, stale = []] = simulate(BEST, DRIFT, { ...hard, votes: 0 })
      const oracle = mean(after.map(({ best }) => best))
      const lost = mean(stale.map(({ expected }) => expected))
      const recovered = mean(after.slice(5_000).map(({ expected }) => expected))
      expect((recovered - lost) / (oracle - lost)).toBeGreaterThan(0.9)
    },
  )

  it('is tried again once its bad answers are long ago', () => {
    let clock = 1_000_000
    const memory = createOutcomeMemory({ now: () => clock })
    const selection = {
      candidates: [{ model: 'dear', estimate: { quality: 0.9, shift: 0 } }],
    } as unknown as Selection
    const bad = { route: 'any', model: 'dear', score: 0, selection } as ServedOutcome
    memory.learn(Array.from({ length: 50 }, () => bad))
    const soon = memory.correction('any', 'dear').shift
    expect(soon).toBeLessThan(-0.6)
    clock += 30 * 86_400_000
    expect(memory.correction('any', 'dear').shift).toBeGreaterThan(-0.05)
  })
})

describe('without outcomes', () => {
  it.each([0, 0.5, 1])('chooses as `balanced` at %d does, request by request', (costQuality) => {
    const halves = [{ quality: QUALITY, requests: 300 }]
    const balanced = { policy: 'balanced', cost_quality: costQuality }
    const options = { isLearned: false }
    const [learned = []] = simulate({ ...balanced, policy: 'learned' }, halves, options)
    const [other = []] = simulate(balanced, halves, options)
    expect(learned.map(({ model }) => model)).toEqual(other.map(({ model }) => model))
  })
})

it('says why it fell back, and keeps what it went by', () => {
  const rank = createRankModels(configOf('learned'), { answerTokens: () => 300 })
  const body = { messages: [{ role: 'user', content: 'hello' }] }
  const home = { route: 'any', reason: 'matched' as const, models: MODELS }
  const { selection } = rank(home, { body })
  expect(selection?.learned).toEqual({
    ...{ target: { quality: 0.98 }, price: null, fallback: 'nothing_learned' },
  })
})

it('makes a choice again from what was kept of it', () => {
  const select = { policy: 'learned', target: { usd_per_day: 5 } }
  const correction = () => ({ shift: -0.2, costFactor: 1.5 })
  const body = { messages: [{ role: 'user', content: 'hello' }] }
  const home = { route: 'any', reason: 'matched' as const, models: MODELS }
  const prompt = {
    ...{ generation: null, embedding: new Float32Array(DIMENSIONS), text: { text: 'hello' } },
  }
  const random = createRandom(3)
  const known = { estimate, answerTokens: () => 300 }
  const then = createRankModels(configOf(select), {
    ...{ ...known, correction, random, priceOfDay: () => 7 },
  })(home, { body, prompt })
  const again = createRankModels(configOf(select), known)(home, {
    ...{ body: { messages: [] }, prompt, past: then.selection },
  })
  expect(again).toEqual(then)
  expect(then.selection?.learned).toMatchObject({ price: 7, fallback: null })
  expect(then.selection?.candidates[0]?.estimate).toMatchObject({ shift: -0.2, costFactor: 1.5 })
})

it('takes the price of a past choice as recorded where its generation is older than the way prices are solved', () => {
  const body = { messages: [{ role: 'user', content: 'hello' }] }
  const home = { route: 'any', reason: 'matched' as const, models: MODELS }
  const prompt = {
    ...{ generation: null, embedding: new Float32Array(DIMENSIONS), text: { text: 'hello' } },
  }
  const config = configOf({ policy: 'learned', target: { quality: 0.9 } })
  const known = { estimate, answerTokens: () => 300, random: createRandom(3) }
  const { selection } = createRankModels(config, known)(home, { body, prompt })
  const learned = { ...(selection?.learned as NonNullable<Selection['learned']>), price: 7 }
  const past = { ...(selection as Selection), learned }
  const older: EstimatePrompt = (...asked) => {
    const found = estimate(...asked)
    return typeof found === 'string' ? found : { ...found, isSolvedAlike: false }
  }
  const again = (how: EstimatePrompt) =>
    createRankModels(config, { ...known, estimate: how })(home, { body, prompt, past }).selection
  expect(again(older)?.learned?.price).toBe(7)
  expect(again(estimate)?.learned?.price).toBe(selection?.learned?.price)
})

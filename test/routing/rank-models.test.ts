// What a policy is told of a route's models, and what a decision keeps of it.
import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../src/config/load-config.ts'
import type { Usage } from '../../src/core/types.ts'
import { createAnswerLengths } from '../../src/routing/answer-lengths.ts'
import { createHeldModels } from '../../src/routing/held-models.ts'
import { createRankModels } from '../../src/routing/rank-models.ts'
import type { SelectFacts } from '../../src/routing/select-facts.ts'

const config = (select: unknown) =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: {
        a: {
          ...{ provider: 'demo', name: 'a', input_usd_per_million: 2, output_usd_per_million: 10 },
          cached_input_usd_per_million: 0.5,
        },
        b: { provider: 'demo', name: 'b', input_usd_per_million: 1, max_output_tokens: 50 },
      },
      routes: { code: { models: ['a', 'b'], select } },
      default_route: 'code',
    },
    'the test configuration',
  )

const home = { route: 'code', reason: 'matched' as const, models: ['a', 'b'] }
const bodyOf = (turns: string[], rest: object = {}) => ({
  messages: turns.map((content, i) => ({ role: i % 2 ? 'assistant' : 'user', content })),
  ...rest,
})
const rank = (
  facts: SelectFacts,
  body = bodyOf(['word '.repeat(700)]),
  select: unknown = 'weighted',
) => createRankModels(config(select), facts)(home, { body, conversation: () => 'k' })

describe('the expected cost', () => {
  it('is that of the prompt and of the answer as long as such answers are', () => {
    const { selection } = rank({ answerTokens: () => 200 })
    const [a, b] = selection?.candidates ?? []
    const prompt = selection?.promptTokens ?? 0
    expect(prompt).toBeGreaterThan(900)
    expect(a).toMatchObject({ completionTokens: 200, costUsd: (prompt * 2 + 200 * 10) / 1e6 })
    // No answer is longer than the model or the request allows; a price that is missing is not 0.
    expect(b).toMatchObject({ completionTokens: 50, costUsd: null })
    const short = rank({ answerTokens: () => 200 }, bodyOf(['hello'], { max_tokens: 20 }))
    expect(short.selection?.candidates[0]?.completionTokens).toBe(20)
  })

  it('counts what the provider’s cache holds of the conversation', () => {
    const held = () => ({ route: 'code', model: 'a', cachedTokens: 800 })
    const { selection } = rank(
      { answerTokens: () => 0, held },
      bodyOf(['word '.repeat(700), 'ok', 'go on']),
    )
    const [a] = selection?.candidates ?? []
    const prompt = selection?.promptTokens ?? 0
    expect(a?.costUsd).toBeCloseTo(((prompt - 800) * 2 + 800 * 0.5) / 1e6, 12)
  })
})

describe('the model of a conversation', () => {
  const held = () => ({ route: 'code', model: 'b', cachedTokens: 0 })

  it('is held from its second turn on, and by the name of a session', () => {
    expect(rank({ held }, bodyOf(['hello'])).selection?.held).toBeNull()
    const later = rank({ held }, bodyOf(['hello', 'hi', 'and now?']))
    expect(later.selection?.held).toEqual({ model: 'b', isToolLoop: false })
    expect(later.ranking[0]).toEqual({ model: 'b', propensity: 1 })
    const named = { body: bodyOf(['hello']), conversation: () => 'k', sessionId: 's' }
    const { selection } = createRankModels(config('weighted'), { held })(home, named)
    expect(selection?.held?.model).toBe('b')
  })

  it('is not held where the conversation came to another route', () => {
    const other = () => ({ route: 'math', model: 'b', cachedTokens: 0 })
    expect(rank({ held: other }, bodyOf(['hello', 'hi', 'x'])).selection?.held).toBeNull()
  })

  it('is known to be in a task by the results of tools', () => {
    const messages = [...bodyOf(['do it', 'calling']).messages, { role: 'tool', content: '{}' }]
    expect(rank({ held }, { messages }).selection?.held?.isToolLoop).toBe(true)
  })
})

it('keeps nothing where the configured order decides', () => {
  expect(rank({}, bodyOf(['hello']), 'first').selection).toBeNull()
})

it('ranks a past request by what was kept of it, whatever is known now', () => {
  const rankModels = createRankModels(config('weighted'), { random: Math.random })
  for (let i = 0; i < 20; i++) {
    const then = rankModels(home, { body: bodyOf(['word '.repeat(i + 1)]) })
    const again = rankModels(home, { body: { messages: [] }, past: then.selection })
    expect(again).toEqual(then)
  }
})

it('names settings that are about no model of the route', () => {
  expect(() => config({ policy: 'weighted', weights: { c: 1 } })).toThrow(
    'routes.code.select: "c" is no model of this route',
  )
  expect(() => config({ policy: 'weighted', weight: {} })).toThrow(
    'routes.code.select.weight: unknown key',
  )
  expect(() => config('weigthed')).toThrow('routes.code.select')
})

describe('lengths of answers', () => {
  it('are guessed from the route’s before a model has its own', () => {
    const lengths = createAnswerLengths()
    expect(lengths.expected('code', 'a')).toBe(300)
    for (let i = 0; i < 200; i++) lengths.learn('code', 'a', 1_000)
    expect(lengths.expected('code', 'a')).toBeGreaterThan(900)
    expect(lengths.expected('code', 'b')).toBeGreaterThan(800)
    expect(lengths.expected('math', 'a')).toBe(300)
    for (let i = 0; i < 200; i++) lengths.learn('code', 'a', 100)
    expect(lengths.expected('code', 'a')).toBeLessThan(300)
  })
})

describe('who a conversation is with', () => {
  const usage: Usage = { promptTokens: 900, completionTokens: 5, isEstimated: false }

  it('is remembered for a while, and what the provider keeps for a shorter one', () => {
    let nowMs = 0
    const held = createHeldModels({ maxConversations: 10, heldMs: 1_800_000, now: () => nowMs })
    held.hold('k', { route: 'code', model: 'a' })
    expect(held.recall('k')).toEqual({ route: 'code', model: 'a', cachedTokens: 0 })
    held.learn('k', 'a', { ...usage, cachedPromptTokens: 512 })
    expect(held.recall('k')?.cachedTokens).toBe(900)
    nowMs = 400_000
    expect(held.recall('k')).toEqual({ route: 'code', model: 'a', cachedTokens: 0 })
    nowMs = 2_000_000
    expect(held.recall('k')).toBeNull()
  })

  it('loses the cache with the model', () => {
    const held = createHeldModels({ maxConversations: 10, heldMs: 1_000, now: () => 0 })
    held.hold('k', { route: 'code', model: 'a' })
    held.learn('k', 'a', { ...usage, cacheWriteTokens: 900 })
    held.hold('k', { route: 'code', model: 'b' })
    held.learn('k', 'a', { ...usage, cachedPromptTokens: 900 })
    expect(held.recall('k')).toEqual({ route: 'code', model: 'b', cachedTokens: 0 })
  })
})

import { describe, expect, it } from 'vitest'
import { decideTurn } from '../../src/core/decide/decide-turn.ts'
import type { RequestedModel } from '../../src/core/decide/requested-model.ts'
import type { PromptMessage } from '../../src/core/prompt/prompt.ts'
import type { Classification } from '../../src/core/types.ts'
import { createClassifyConversation } from '../../src/routing/classify-conversation.ts'
import type { SessionEntry } from '../../src/routing/session-memory.ts'
import { createStopwatch } from '../../src/routing/stopwatch.ts'
import type { Generation } from '../../src/vector-index/generation.ts'

const digest = (text: string) => `digest of ${text}`
const NOW = 1_000_000
const HALF_LIFE_MS = 60_000
const POLICY = {
  routes: new Set(['code', 'advice', 'smalltalk']),
  defaultRoute: 'smalltalk',
  thresholds: {},
  noveltyLimit: 1,
  recipe: 2 as const,
}

const classificationOf = (route: string, confidence: number): Classification => ({
  scores: [
    { route, score: confidence },
    { route: 'other', score: 1 - confidence },
  ],
  confidence,
  margin: 2 * confidence - 1,
  neighbours: [{ exemplarId: `nearest to ${route}`, route, similarity: 0.5 }],
  novelty: 0,
  noveltyLimit: 1,
})

/** Prompts about code and about tea are told apart surely, everything else hardly. */
const classify = (text: string): Classification => {
  if (/loop|python/i.test(text)) return classificationOf('code', 0.95)
  if (/\btea\b/i.test(text)) return classificationOf('advice', 0.95)
  return classificationOf('smalltalk', 0.55)
}

const GENERATION = {} as Generation

const createSubject = (options: { isInheriting?: boolean; degradedBy?: string } = {}) => {
  const asked: string[] = []
  const wordsMayDecide: boolean[] = []
  const memory: { remembered: SessionEntry | null } = { remembered: null }
  const subject = createClassifyConversation({
    classify: async ({ text, hasSignal }, _stopwatch, _signal, { mayUseWords } = {}) => {
      if (mayUseWords) wordsMayDecide.push(mayUseWords(classify(text), GENERATION))
      if (hasSignal) asked.push(text)
      const degradedBy = options.degradedBy ?? null
      const classification = hasSignal && degradedBy === null ? classify(text) : null
      return { classification, embedding: null, generation: null, degradedBy }
    },
    sessions: { recall: () => memory.remembered },
    config: {
      encoder: { max_chars: 1_200 },
      conversation: { inherit: options.isInheriting ?? true, half_life_ms: HALF_LIFE_MS },
    },
    digest,
    now: () => NOW,
    areWordsTaken: ({ scores }) => scores[0]?.route === 'code',
  })
  const { signal } = new AbortController()
  const run = async (
    messages: PromptMessage[],
    remembered: SessionEntry | null = null,
    requested: RequestedModel = { kind: 'auto' },
  ) => {
    memory.remembered = remembered
    const turn = await subject(
      { requested, messages, sessionId: null, signal },
      null,
      createStopwatch(),
    )
    return { turn, ...decideTurn(turn, POLICY) }
  }
  return { run, asked, wordsMayDecide }
}

const talk = (...turns: string[]): PromptMessage[] =>
  turns.flatMap((content, i) => [
    { role: 'user', content },
    ...(i < turns.length - 1 ? [{ role: 'assistant', content: 'Here you are.' }] : []),
  ])

const entry = (changes: Partial<SessionEntry> = {}): SessionEntry => ({
  route: 'code',
  classification: classificationOf('code', 0.9),
  turnDigest: 'another',
  atMs: NOW,
  ...changes,
})

describe('classifying a conversation', () => {
  it('embeds a single turn once, and nothing else', async () => {
    const { run, asked } = createSubject()
    expect((await run(talk('shorter please'))).inherited).toBeNull()
    expect(asked).toEqual(['shorter please'])
  })

  it('inherits the subject of the turn before for a short follow-up', async () => {
    const { run, asked } = createSubject()
    const made = await run(talk('why does my loop skip rows?', 'and without a copy?'))
    expect(made.classification?.scores[0]?.route).toBe('code')
    expect(made.inherited).toMatchObject({
      source: 'history',
      turnsBack: 1,
      earlier: { route: 'code' },
      own: { scores: [{ route: 'smalltalk' }, { route: 'other' }] },
    })
    expect(asked).toHaveLength(2)
  })

  it('can be recomputed from what the decision keeps', async () => {
    const { run } = createSubject()
    const { inherited, classification } = await run(talk('why does my loop skip?', 'a bit shorter'))
    if (!inherited?.own || !classification) throw new Error('nothing was inherited')
    const { weight, earlier, own } = inherited
    const scoreIn = (scores: { route: string; score: number }[], route: string) =>
      scores.find((entry) => entry.route === route)?.score ?? 0
    for (const { route, score } of classification.scores) {
      const again =
        weight * scoreIn(earlier.scores, route) + (1 - weight) * scoreIn(own.scores, route)
      expect(score).toBeCloseTo(again, 12)
    }
  })

  it('looks past follow-ups and courtesies, and embeds one earlier turn at most', async () => {
    const { run, asked } = createSubject()
    const made = await run(talk('write a python loop', 'shorter', 'thanks!', 'go on', 'again'))
    expect(made.inherited?.turnsBack).toBe(4)
    expect(asked).toEqual(['again', 'write a python loop'])
  })

  it('switches where the turn has a subject of its own, without a second embedding', async () => {
    const { run, asked } = createSubject()
    const made = await run(
      talk(
        'why does my python loop skip rows?',
        'which tea would you serve to a guest from Kyoto?',
      ),
    )
    expect(made).toMatchObject({
      inherited: null,
      classification: { scores: [{ route: 'advice' }, {}] },
    })
    expect(asked).toHaveLength(1)
  })

  it('inherits everything for a turn without words', async () => {
    const { run } = createSubject()
    const made = await run(talk('why does my loop skip rows?', '👍'))
    expect(made.inherited).toMatchObject({ weight: 1, own: null })
    expect(made.classification?.scores[0]?.route).toBe('code')
  })

  it('keeps the route of the human turn while tools answer', async () => {
    const { run } = createSubject()
    const messages = [
      ...talk('why does my loop skip rows?'),
      { role: 'assistant', content: null },
      { role: 'tool', content: 'a recipe for tea' },
    ]
    expect((await run(messages)).classification?.scores[0]?.route).toBe('code')
  })

  it('stays with the remembered route in a tool loop, even when the encoder fails', async () => {
    const { run } = createSubject({ degradedBy: 'encoder_timeout' })
    const messages = [...talk('make me some tea'), { role: 'tool', content: '{}' }]
    const remembered = entry({ turnDigest: digest('make me some tea') })
    expect((await run(messages, remembered)).inherited).toMatchObject({
      source: 'tool_loop',
      weight: 1,
      earlier: { route: 'code' },
      own: null,
    })
  })

  it('goes by memory where the request carries no history, and less so as it ages', async () => {
    const { run } = createSubject()
    const weightAt = async (ageMs: number) =>
      (await run(talk('yes for 3 people'), entry({ atMs: NOW - ageMs }))).inherited?.weight ?? 0
    expect((await run(talk('yes for 3 people'), entry())).inherited?.source).toBe('memory')
    expect(await weightAt(HALF_LIFE_MS)).toBeCloseTo((await weightAt(0)) / 2, 6)
  })

  it('reads a pinned request without classifying it', async () => {
    const { run, asked } = createSubject()
    const { turn } = await run(talk('hello'), entry(), { kind: 'route', route: 'code' })
    expect(turn).toMatchObject({ text: { text: 'hello' }, own: null, inherited: null })
    expect(asked).toEqual([])
  })

  it('takes every turn by itself where inheriting is switched off', async () => {
    const { run, asked } = createSubject({ isInheriting: false })
    const made = await run(talk('why does my loop skip rows?', 'shorter'), entry())
    expect(made.inherited).toBeNull()
    expect(asked).toEqual(['shorter'])
  })
})

describe('the words before a busy encoder', () => {
  const LOOP = 'write a python script that renames every photo in a folder by its date'
  const step = (text: string): PromptMessage[] => [...talk(text), { role: 'tool', content: '{}' }]

  it('may decide a turn that stands alone, where their route is taken', async () => {
    const { run, wordsMayDecide } = createSubject()
    await run(talk(LOOP))
    await run(talk('make me some tea'))
    expect(wordsMayDecide).toEqual([true, false])
  })

  it('may not decide what an earlier turn has a say in, or what names no subject', async () => {
    const { run, wordsMayDecide } = createSubject()
    await run(talk('make me some tea', LOOP))
    await run(talk(LOOP), entry())
    await run(talk('and in python?'))
    expect(wordsMayDecide.filter((may) => may)).toEqual([])
    expect(wordsMayDecide.length).toBeGreaterThan(2)
  })

  it('may decide earlier turns where these are not inherited from', async () => {
    const { run, wordsMayDecide } = createSubject({ isInheriting: false })
    await run(talk('make me some tea', LOOP))
    expect(wordsMayDecide).toEqual([true])
  })

  it('spare a step of a tool loop the wait: its route is that of its turn anyway', async () => {
    const { run, wordsMayDecide } = createSubject()
    const made = await run(step(LOOP), entry({ turnDigest: digest(LOOP), route: 'advice' }))
    expect(wordsMayDecide).toEqual([true])
    expect(made).toMatchObject({ route: 'advice', reason: 'session' })
  })
})

// What callers do next, as votes: the cases that count, and the many that only look like them.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Feedback } from '../../src/core/records/feedback.ts'
import type { Decision } from '../../src/core/types.ts'
import { RouterError } from '../../src/errors.ts'
import { createImplicitFeedback } from '../../src/feedback/implicit.ts'
import type { Store } from '../../src/store/store.ts'
import { recordingLogger } from '../store/fixtures.ts'
import { fakeDecision } from '../support/http-fakes.ts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

interface Turn {
  text: string
  /** Earlier turns as the client sends them; each is answered. */
  history?: string[]
  sessionId?: string | null
  user?: string | null
  vector?: number[]
  afterMs?: number
  outcome?: 'served' | 'failed' | 'client_closed' | null
  system?: string
  tail?: { role: string; content: unknown }[]
  decision?: Partial<Decision>
}

const setUp = (options: { maxSessions?: number; addFeedback?: Store['addFeedback'] } = {}) => {
  const votes: Feedback[] = []
  const counted: string[] = []
  const logger = recordingLogger()
  const clock = { ms: 1_000_000 }
  let ids = 0
  const implicit = createImplicitFeedback({
    maxSessions: options.maxSessions ?? 100,
    store: {
      addFeedback:
        options.addFeedback ??
        (async (vote) => {
          votes.push(vote)
          return { replaced: false }
        }),
    },
    dimensions: () => 2,
    digest,
    newId: () => `vote-${++ids}`,
    now: () => clock.ms,
    onVote: (kind, outcome) => counted.push(`${kind} ${outcome}`),
    logger,
  })
  let turns = 0
  /** One chat, and its answer at once; the clock then stands where it was served. */
  const say = (turn: Turn): string => {
    clock.ms += turn.afterMs ?? 10_000
    const { history = [], sessionId = 's', user = null, vector = [1, 0], outcome = 'served' } = turn
    const messages = [
      ...(turn.system === undefined ? [] : [{ role: 'system', content: turn.system }]),
      ...history.flatMap((content) => [
        { role: 'user', content },
        { role: 'assistant', content: 'An answer.' },
      ]),
      { role: 'user', content: turn.text },
      ...(turn.tail ?? []),
    ]
    const id = `decision-${++turns}`
    const decision = fakeDecision({
      id,
      createdAtMs: clock.ms,
      sessionId,
      userDigest: user === null ? null : digest(user),
      principal: 'key-1',
      routingText: {
        text: turn.text,
        digest: digest(turn.text),
        isTruncated: false,
        hasSignal: true,
        flags: [],
      },
      embedding: Float32Array.of(...vector, 9, 9),
      ...turn.decision,
    })
    implicit.observe({ messages, sessionId, user }, decision)
    if (outcome) implicit.completed(id, outcome)
    return id
  }
  return { implicit, votes, counted, logger, say, clock }
}

/** cos 0.95 with [1, 0]. */
const NEAR = [0.95, Math.sqrt(1 - 0.95 ** 2)]
const FAR = [0.9, Math.sqrt(1 - 0.9 ** 2)]

describe('an implicit vote', () => {
  it('is cast against the decision before when the same prompt comes again', async () => {
    const { implicit, say, votes, counted, clock } = setUp()
    const first = say({ text: 'name a fruit' })
    say({ text: 'name a fruit' })
    await implicit.flush()
    expect(votes).toEqual([
      {
        id: 'vote-1',
        decisionId: first,
        principal: 'key-1',
        verdict: 'bad',
        correctRoute: null,
        score: null,
        comment: null,
        source: 'implicit',
        implicitKind: 'regenerate',
        createdAtMs: clock.ms,
      },
    ])
    expect(counted).toEqual(['regenerate noted'])
  })

  it.each([
    [
      'another long prompt with the same ends',
      'Write it up. … Be kind.',
      'Write it up. … Be kind.',
    ],
    [
      'a long prompt that is like the one before',
      'Write it up. … Be kind.',
      'Write it up … be kind',
    ],
  ])('is not cast by %s', async (_case, before, after) => {
    const { implicit, say, votes } = setUp()
    const focused = (text: string) => ({
      routingText: {
        text,
        digest: digest(text),
        isTruncated: false,
        hasSignal: true,
        flags: ['long'],
      },
    })
    say({ text: 'Write it up. The crane came. Be kind.', decision: focused(before) })
    say({ text: 'Write it up. The crane left. Be kind.', decision: focused(after) })
    await implicit.flush()
    expect(votes).toEqual([])
  })

  it('is cast for nearly the same prompt in other words', async () => {
    const { implicit, say, votes } = setUp()
    const first = say({ text: 'how do I boil an egg' })
    say({ text: 'how to boil an egg', vector: NEAR, history: ['how do I boil an egg'] })
    await implicit.flush()
    expect(votes).toMatchObject([{ decisionId: first, implicitKind: 're_ask' }])
  })

  it('is cast for a correction, which names its route where its own turn is sure', async () => {
    const { implicit, say, votes } = setUp()
    const first = say({ text: 'python care' })
    const second = say({
      text: 'no, I meant the snake',
      history: ['python care'],
      vector: [0, 1],
      decision: {
        route: 'smalltalk',
        scores: [{ route: 'smalltalk', score: 0.9 }],
        confidence: 0.95,
      },
    })
    say({
      text: 'that is wrong',
      history: ['python care', 'no, I meant the snake'],
      vector: [0, 1],
      decision: { scores: [{ route: 'code', score: 0.5 }], confidence: 0.5 },
    })
    await implicit.flush()
    expect(votes).toMatchObject([
      { decisionId: first, implicitKind: 'correction', correctRoute: 'smalltalk' },
      { decisionId: second, implicitKind: 'correction', correctRoute: null },
    ])
  })

  it('takes the route from what the correcting turn says by itself, not from what it inherits', async () => {
    const { implicit, say, votes } = setUp()
    say({ text: 'python care' })
    const earlier = { route: 'code', confidence: 1, novelty: 0, scores: [] }
    const own = { confidence: 0.9, novelty: 0, scores: [{ route: 'smalltalk', score: 0.9 }] }
    say({
      text: 'no, I meant the snake',
      history: ['python care'],
      decision: {
        inherited: { source: 'history', weight: 0.9, cues: [], turnsBack: 1, earlier, own },
      },
    })
    await implicit.flush()
    expect(votes).toMatchObject([{ correctRoute: 'smalltalk' }])
  })

  it('needs no history where the session is named', async () => {
    const { implicit, say, votes } = setUp()
    say({ text: 'python care' })
    say({ text: 'no, I meant the snake', vector: [0, 1] })
    await implicit.flush()
    expect(votes).toHaveLength(1)
  })

  const NAMELESS = { sessionId: null, user: null }
  it.each<[string, Turn, Turn]>([
    ['a follow-up', { text: 'write a poem' }, { text: 'shorter please', vector: FAR }],
    ['another question', { text: 'boil an egg' }, { text: 'tax on shares', vector: [0, 1] }],
    [
      'the same question with other numbers',
      { text: 'what is 5 km in miles' },
      { text: 'what is 8 km in miles', vector: NEAR },
    ],
    ['a repetition after eleven minutes', { text: 'x y' }, { text: 'x y', afterMs: 660_000 }],
    ['the same body sent again within a second', { text: 'x y' }, { text: 'x y', afterMs: 900 }],
    ['a retry of a call that failed', { text: 'x y', outcome: 'failed' }, { text: 'x y' }],
    ['a retry while the first call is under way', { text: 'x y', outcome: null }, { text: 'x y' }],
    [
      'a call after one that the client broke off',
      { text: 'x y', outcome: 'client_closed' },
      { text: 'x y' },
    ],
    [
      'a step of a tool loop',
      { text: 'find the bug' },
      { text: 'find the bug', tail: [{ role: 'tool', content: 'found' }] },
    ],
    [
      'the same text under another system prompt, as agents send beside a task',
      { text: 'find the bug', system: 'You are an agent.' },
      { text: 'find the bug', system: 'Give this conversation a title.' },
    ],
    [
      'the same text with an answer begun for the model',
      { text: 'find the bug' },
      { text: 'find the bug', tail: [{ role: 'assistant', content: 'The bug' }] },
    ],
    [
      'the same first question of two people whom nothing tells apart',
      { text: 'hello', ...NAMELESS },
      { text: 'hello', ...NAMELESS },
    ],
    [
      'like questions behind the same examples, of people whom nothing tells apart',
      { text: 'boil an egg', history: ['an example'], ...NAMELESS },
      { text: 'how to boil an egg', vector: NEAR, history: ['an example'], ...NAMELESS },
    ],
    [
      'the prompt of another session',
      { text: 'x y', sessionId: 'a' },
      { text: 'x y', sessionId: 'b' },
    ],
    ['a repetition by another user', { text: 'x y', user: 'ann' }, { text: 'x y', user: 'bob' }],
    [
      'a repetition after a pinned route',
      { text: 'x y', decision: { reason: 'pinned' } },
      { text: 'x y' },
    ],
    [
      'long texts that are alike because of what is pasted in them',
      { text: `look at this ${'log line '.repeat(60)}` },
      { text: `explain this ${'log line '.repeat(60)}`, vector: NEAR },
    ],
  ])('is not cast for %s', async (_, first, second) => {
    const { implicit, say, votes } = setUp()
    say(first)
    say(second)
    await implicit.flush()
    expect(votes).toEqual([])
  })

  it('is cast for an unnamed conversation where the history shows that it goes on', async () => {
    const { implicit, say, votes } = setUp()
    say({ text: 'boil an egg', sessionId: null })
    say({ text: "that's wrong", history: ['boil an egg'], sessionId: null, vector: [0, 1] })
    await implicit.flush()
    expect(votes).toHaveLength(1)
  })

  it('is lost, logged and counted where the store fails, and hinders no request', async () => {
    const { implicit, say, counted, logger } = setUp({
      addFeedback: async () => {
        throw new RouterError('store_unavailable', 'The disk is full.')
      },
    })
    say({ text: 'x y' })
    say({ text: 'x y' })
    await implicit.flush()
    expect(counted).toEqual(['regenerate failed'])
    expect(logger.lines).toMatchObject([{ level: 'warn', facts: { code: 'store_unavailable' } }])
  })

  it('is dropped and counted where a thousand wait', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { implicit, say, counted } = setUp({
      addFeedback: () => gate.then(() => ({ replaced: false })),
    })
    for (let i = 0; i < 1_003; i++) say({ text: 'x y' })
    expect(counted).toEqual(['regenerate dropped', 'regenerate dropped'])
    release()
    await implicit.flush()
    expect(counted).toHaveLength(1_002)
  })
})

describe('what is remembered', () => {
  it('is bounded, and nothing where there are no sessions', () => {
    const { implicit, say } = setUp({ maxSessions: 2 })
    for (const sessionId of ['a', 'b', 'c']) say({ text: 'x', sessionId })
    expect(implicit.size).toBe(2)
    const none = setUp({ maxSessions: 0 })
    none.say({ text: 'x' })
    expect(none.implicit.size).toBe(0)
  })

  it('is no more than two thousand conversations, however many others remember', () => {
    const { implicit, say } = setUp({ maxSessions: 10_000 })
    for (let i = 0; i < 2_001; i++) say({ text: 'x', sessionId: `session-${i}` })
    expect(implicit.size).toBe(2_000)
  })

  it('holds no text', () => {
    const { implicit, say } = setUp()
    say({ text: 'a canary word' })
    expect(JSON.stringify(implicit)).not.toContain('canary')
  })

  it.each([
    ['a session', { sessionId: 's' }],
    ['a user', { userDigest: digest('ann') }],
    ['a key', { principal: 'key-1' }],
  ])('is dropped for %s that is forgotten', async (_, query) => {
    const { implicit, say, votes } = setUp()
    say({ text: 'x y', user: 'ann' })
    expect(implicit.forget({ sessionId: 'another' })).toBe(0)
    expect(implicit.forget(query)).toBe(1)
    say({ text: 'x y', user: 'ann' })
    await implicit.flush()
    expect(votes).toEqual([])
  })
})

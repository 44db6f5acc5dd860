import { describe, expect, it } from 'vitest'
import { sessionKey } from '../../src/core/conversation/session-key.ts'
import { createSessionMemory } from '../../src/routing/session-memory.ts'
import { fakeDecision } from '../support/http-fakes.ts'

const digest = (text: string) => text
const config = { inherit: true, max_sessions: 2, half_life_ms: 1_000 }

const createMemory = (changes: Partial<typeof config> = {}) => {
  const clock = { ms: 0 }
  const memory = createSessionMemory({
    config: { ...config, ...changes },
    digest,
    now: () => clock.ms,
  })
  return { memory, clock }
}

const session = (sessionId: string | null, user: string | null = null) => ({
  sessionId,
  user,
  messages: [{ role: 'user', content: 'hello' }],
})
const decision = (changes = {}) => fakeDecision({ createdAtMs: 0, ...changes })

describe('session memory', () => {
  it('recalls what was decided last', () => {
    const { memory } = createMemory()
    memory.remember(session('a'), decision({ route: 'code' }))
    memory.remember(session('a'), decision({ route: 'smalltalk' }))
    expect(memory.recall(session('a'))?.route).toBe('smalltalk')
    expect(memory.recall(session('b'))).toBeNull()
  })

  it('recalls every score as it was decided, best first, also under the next configuration', () => {
    const { memory } = createMemory()
    const scores = [
      { route: 'code', score: 0.7 },
      { route: 'math', score: 0.2 },
      { route: 'none', score: 0.1 },
    ]
    memory.remember(session('a'), decision({ route: 'code', scores }))
    const known = memory.recall(session('a'))
    expect(known?.classification.scores).toEqual(scores)
    const next = createSessionMemory({ config, digest, now: () => 0, previous: memory })
    expect(next.recall(session('a'))).toEqual(known)
  })

  it('is bounded: the session that was idle longest goes', () => {
    const { memory } = createMemory()
    for (const id of ['a', 'b', 'c']) memory.remember(session(id), decision())
    expect(memory.size).toBe(2)
    expect(memory.recall(session('a'))).toBeNull()
    expect(memory.recall(session('c'))).not.toBeNull()
  })

  it('forgets after five half-lives', () => {
    const { memory, clock } = createMemory()
    memory.remember(session('a'), decision())
    clock.ms = 5_000
    expect(memory.recall(session('a'))).not.toBeNull()
    clock.ms = 5_001
    expect(memory.recall(session('a'))).toBeNull()
    expect(memory.size).toBe(0)
  })

  it('keeps nothing that was pinned, degraded or below the threshold', () => {
    const { memory } = createMemory()
    for (const reason of ['pinned', 'degraded', 'below_threshold', 'no_signal'] as const) {
      memory.remember(session('a'), decision({ reason }))
    }
    expect(memory.size).toBe(0)
  })

  it('keeps what the words decided before the encoder: the next step of a tool loop stays on its route', () => {
    const { memory } = createMemory()
    memory.remember(session('a'), decision({ reason: 'words' }))
    expect(memory.recall(session('a'))).toMatchObject({ route: decision().route })
  })

  it('keeps nothing where it is switched off', () => {
    for (const off of [{ max_sessions: 0 }, { inherit: false }]) {
      const { memory } = createMemory(off)
      memory.remember(session('a'), decision())
      expect(memory.recall(session('a'))).toBeNull()
    }
  })

  it('does not mix up people who use the same session id', () => {
    const { memory } = createMemory()
    memory.remember(session('a', 'ann'), decision())
    expect(memory.recall(session('a', 'bob'))).toBeNull()
    expect(memory.recall(session('a', 'ann'))).not.toBeNull()
  })
})

describe('the key of a session', () => {
  const start = [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'first question' },
  ]
  const keyOf = (messages: typeof start, sessionId: string | null = null) =>
    sessionKey({ sessionId, user: null, messages }, digest)

  it('stays the same while the conversation grows', () => {
    const more = [...start, { role: 'assistant', content: 'x' }, { role: 'user', content: 'y' }]
    expect(keyOf(more)).toBe(keyOf(start))
  })

  it('differs with the system prompt, the first question and the named session', () => {
    const [system, question] = start as [(typeof start)[0], (typeof start)[0]]
    const keys = [
      keyOf(start),
      keyOf([{ ...system, content: 'Be brief.' }, question]),
      keyOf([system, { ...question, content: 'another question' }]),
      keyOf(start, 'named'),
      keyOf(start, 'named too'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })
})

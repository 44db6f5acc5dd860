// What every Store must do for learning from feedback: votes and their kinds, replay, rulings, shadows, forgetting, versions
// of the configuration. Run with each implementation by its own test file, as store-cases.ts is.
import { describe, expect, it } from 'vitest'
import type { ShadowDecision } from '../../src/core/records/arm-records.ts'
import type { Ruling } from '../../src/core/records/ruling.ts'
import type { ReplayRow } from '../../src/core/records/stored-decision.ts'
import type { Decision } from '../../src/core/types.ts'
import type { Store } from '../../src/store/store.ts'
import { completionOf, decisionOf, feedbackOf, idOf } from './fixtures.ts'
import { HOSTILE_STRINGS, type OpenOptions } from './store-cases.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id)

const rulingOf = (n: number, changes: Partial<Ruling> = {}): Ruling => ({
  id: idOf(2_000_000 + n),
  subject: 'candidate',
  subjectId: 'ex_1',
  action: 'accept',
  route: null,
  author: 'alice',
  note: null,
  createdAtMs: 1_700_000_200_000 + n,
  ...changes,
})

const shadowOf = (n: number, changes: Partial<ShadowDecision> = {}): ShadowDecision => ({
  decisionId: idOf(n),
  generation: 43,
  route: 'code',
  reason: 'matched',
  confidence: 0.5,
  createdAtMs: 1_700_000_000_000 + n,
  ...changes,
})

const record = (store: Store, decisions: readonly Decision[]): void => {
  for (const decision of decisions) store.recordDecision(decision, 'pending')
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

export const describeLearning = (
  name: string,
  open: (options?: OpenOptions) => Promise<Store>,
): void => {
  describe(`${name} keeps what a decision is explained from`, () => {
    const details = {
      skipped: [{ model: 'm1', constraint: 'context', message: 'too long' }],
      wordLogits: Float32Array.of(0.25, -1.5, 1e-30),
      arm: 'canary' as const,
      userDigest: 'digest-of-a-user',
    }

    it.each([
      ['full', null],
      ['hash', details.wordLogits],
      ['off', details.wordLogits],
    ] as const)(
      'with store_text %s the words’ logits only where the text is not kept',
      async (storeText, wordLogits) => {
        const store = await open({ storeText })
        record(store, [decisionOf(1, details)])
        const stored = await store.getDecision(idOf(1))
        const { skipped, arm, userDigest } = details
        expect(stored).toMatchObject({ skipped, arm, userDigest })
        expect(stored?.wordLogits).toEqual(wordLogits)
      },
    )

    it('and gives null, and an empty list, for what there was none of', async () => {
      const store = await open({ storeText: 'off' })
      record(store, [decisionOf(1)])
      const none = { skipped: [], wordLogits: null, arm: null, userDigest: null }
      expect(await store.getDecision(idOf(1))).toMatchObject(none)
    })
  })

  describe(`${name} keeps votes of each kind`, () => {
    const implicit = { source: 'implicit', implicitKind: 're_ask', verdict: 'bad' } as const

    it.each(['explicit', 'review', 'import'] as const)(
      'lets no implicit vote replace a vote of source %s, but the other way round',
      async (source) => {
        const store = await open()
        record(store, [decisionOf(1)])
        expect(await store.addFeedback(feedbackOf(1, implicit))).toEqual({ replaced: false })
        const said = feedbackOf(2, { source, verdict: 'good' })
        expect(await store.addFeedback(said)).toEqual({ replaced: true })
        expect(await store.addFeedback(feedbackOf(3, implicit))).toEqual({ replaced: false })
        expect(await store.listFeedback()).toMatchObject([said])
      },
    )

    it('lets an implicit vote replace an implicit one', async () => {
      const store = await open()
      record(store, [decisionOf(1)])
      await store.addFeedback(feedbackOf(1, implicit))
      const later = feedbackOf(2, { ...implicit, implicitKind: 'correction', correctRoute: 'chat' })
      expect(await store.addFeedback(later)).toEqual({ replaced: true })
      expect(await store.listFeedback()).toMatchObject([later])
    })

    it('gives votes with the arm, the generation and the neighbours of their decision', async () => {
      const store = await open()
      const neighbours = [
        { exemplarId: 'e1', route: 'code', similarity: 0.9 },
        { exemplarId: 'e2', route: 'chat', similarity: -0.25 },
      ]
      record(store, [
        decisionOf(1, { neighbours, arm: 'canary', confidence: null, embedding: null }),
      ])
      await store.addFeedback(feedbackOf(1))
      expect(await store.listFeedback()).toMatchObject([
        { neighbours, arm: 'canary', indexGeneration: 42, confidence: null, embedding: null },
      ])
    })

    it('lists more votes than fit into one page, each once, by time', async () => {
      const store = await open()
      const all = numbers(512)
      record(
        store,
        all.map((n) => decisionOf(n)),
      )
      await Promise.all(
        all.map((n) => {
          // Written in another order than they were given in.
          const createdAtMs = 1_700_000_100_000 + ((n * 37) % 512)
          return store.addFeedback(feedbackOf(n, { decisionId: idOf(n), createdAtMs }))
        }),
      )
      const votes = await store.listFeedback()
      expect(new Set(votes.map(({ decisionId }) => decisionId)).size).toBe(512)
      const times = votes.map(({ createdAtMs }) => createdAtMs)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      for (const { decisionId, embedding } of votes.slice(0, 5)) {
        const n = all.find((n) => idOf(n) === decisionId) ?? 0
        expect(embedding).toEqual(decisionOf(n).embedding)
      }
    })
  })

  describe(`${name} gives decisions to replay`, () => {
    it('with everything that deciding again needs, and only that', async () => {
      const store = await open()
      const inherited = {
        source: 'memory' as const,
        weight: 1,
        cues: [],
        turnsBack: null,
        earlier: { route: 'code', confidence: 0.9, novelty: 0.1, scores: [] },
        own: null,
      }
      record(store, [decisionOf(1, { inherited, arm: 'serving' }), decisionOf(2)])
      store.completeDecision(idOf(1), completionOf())
      const { routingText, embedding, ...first } = decisionOf(1)
      const expected: ReplayRow = {
        id: first.id,
        createdAtMs: first.createdAtMs,
        sessionId: first.sessionId,
        principal: 'key-1',
        requestedModel: first.requestedModel,
        text: routingText.text,
        hasSignal: true,
        embedding,
        encoderId: first.encoderId,
        route: first.route,
        model: first.model,
        reason: first.reason,
        confidence: first.confidence,
        threshold: first.threshold,
        inherited,
        indexGeneration: first.indexGeneration,
        arm: 'serving',
        configVersion: first.configVersion,
        outcome: 'served',
        costUsd: 0.000123,
      }
      expect(await store.listReplayRows({ limit: 2 })).toEqual([
        expect.objectContaining({ id: idOf(2), inherited: null, arm: null, costUsd: null }),
        expected,
      ])
    })

    it('without text where it is not stored', async () => {
      const store = await open({ storeText: 'hash' })
      record(store, [decisionOf(1)])
      expect(await store.listReplayRows({ limit: 1 })).toMatchObject([
        { text: null, embedding: decisionOf(1).embedding },
      ])
    })

    it('the newest first, across pages of its own and of the caller', async () => {
      const store = await open()
      const embedding = (n: number) => (n % 7 === 0 ? null : Float32Array.of(n, -n))
      record(
        store,
        numbers(731).map((n) => decisionOf(n, { embedding: embedding(n) })),
      )
      const first = await store.listReplayRows({ limit: 401 })
      const second = await store.listReplayRows({ limit: 5_000, before: first.at(-1)?.id ?? '' })
      const rows = [...first, ...second]
      expect(first).toHaveLength(401)
      expect(rows.map(({ id, embedding }) => [id, embedding])).toEqual(
        numbers(731)
          .reverse()
          .map((n) => [idOf(n), embedding(n)]),
      )
    })

    it('since a time and of some reasons, alone and together', async () => {
      const store = await open()
      const reasons = ['matched', 'session', 'pinned'] as const
      record(
        store,
        numbers(9).map((n) => decisionOf(n, { reason: reasons[n % 3] ?? 'matched' })),
      )
      const found = async (filter: object) =>
        idsOf(await store.listReplayRows({ limit: 100, ...filter }))
      const ids = (...found: number[]) => found.map(idOf)
      const sinceMs = decisionOf(6).createdAtMs
      expect(await found({ sinceMs })).toEqual(ids(9, 8, 7, 6))
      expect(await found({ reasons: ['session'] })).toEqual(ids(7, 4, 1))
      expect(await found({ reasons: ['session', 'pinned'] })).toEqual(ids(8, 7, 5, 4, 2, 1))
      expect(await found({ reasons: ['session', 'pinned'], sinceMs, before: idOf(8) })).toEqual(
        ids(7),
      )
      expect(await found({ reasons: [] })).toHaveLength(9)
    })

    it('and refuses a limit that is not an integer from 1 to 5000', async () => {
      const store = await open()
      for (const limit of [0, -1, 1.5, 5_001, Number.NaN]) {
        await expect(store.listReplayRows({ limit })).rejects.toEqual(code('invalid_request'))
      }
    })
  })

  it(`${name} names each generation that a decision was made with, queued ones too`, async () => {
    const store = await open()
    expect(await store.listReferencedGenerations()).toEqual([])
    const generations = [7, 3, null, 7, 0, 11, 3]
    record(
      store,
      generations.map((indexGeneration, n) => decisionOf(n, { indexGeneration })),
    )
    expect(await store.listReferencedGenerations()).toEqual([0, 3, 7, 11])
  })

  describe(`${name} forgets`, () => {
    const mine = [1, 3, 5]
    const filled = async (changes: Partial<Decision>, others: Partial<Decision>) => {
      const store = await open()
      record(
        store,
        numbers(6).map((n) => decisionOf(n, mine.includes(n) ? changes : others)),
      )
      await store.addFeedback(feedbackOf(1, { decisionId: idOf(1) }))
      await store.addFeedback(feedbackOf(2, { decisionId: idOf(1), principal: 'bob' }))
      await store.addFeedback(feedbackOf(3, { decisionId: idOf(2) }))
      return store
    }

    it.each([
      ['a session', { sessionId: 's' }, { sessionId: 'S' }],
      ['a user', { userDigest: 'd' }, { userDigest: null }],
      ['a key', { principal: 'k' }, { principal: null }],
    ])('%s with votes, shadows and rulings, and leaves the others', async (_who, query, others) => {
      const store = await filled(query, others)
      await store.addShadowDecisions(numbers(6).map((n) => shadowOf(n)))
      await store.addRuling(rulingOf(1, { subject: 'decision', subjectId: idOf(1) }))
      await store.addRuling(rulingOf(2, { subject: 'decision', subjectId: idOf(2) }))
      await store.addRuling(rulingOf(3, { subject: 'exemplar', subjectId: idOf(1) }))

      const votes = await store.listForgettable(query)
      expect(votes).toMatchObject([
        { ...feedbackOf(1), text: 'prompt number 1' },
        feedbackOf(2, { principal: 'bob' }),
      ])
      expect(await store.forget(query, ['ex_b', 'ex_a'])).toEqual({ decisions: 3, feedback: 2 })

      expect(idsOf((await store.listDecisions({ limit: 10 })).decisions)).toEqual(
        [6, 4, 2].map(idOf),
      )
      expect(await store.listFeedback()).toMatchObject([{ decisionId: idOf(2) }])
      expect(await store.shadowSummary(43)).toMatchObject({ decisions: 3 })
      expect(idsOf(await store.listRulings())).toEqual(idsOf([rulingOf(2), rulingOf(3)]))
      expect(await store.listForgottenExemplars()).toEqual(['ex_a', 'ex_b'])
      expect(await store.listForgettable(query)).toEqual([])
      expect(await store.forget(query, ['ex_a', 'ex_c'])).toEqual({ decisions: 0, feedback: 0 })
      expect(await store.listForgottenExemplars()).toEqual(['ex_a', 'ex_b', 'ex_c'])
    })

    it('decisions that still wait to be written, and a completion that comes afterwards', async () => {
      const store = await open()
      record(store, [decisionOf(1, { sessionId: 's' }), decisionOf(2, { sessionId: 't' })])
      expect(await store.forget({ sessionId: 's' }, [])).toEqual({ decisions: 1, feedback: 0 })
      store.completeDecision(idOf(1), completionOf())
      expect(await store.getDecision(idOf(1))).toBeNull()
      expect(await store.getDecision(idOf(2))).not.toBeNull()
    })

    it('more decisions than one commit takes', async () => {
      const store = await open()
      record(
        store,
        numbers(1_203).map((n) => decisionOf(n, { sessionId: n % 6 === 0 ? 'kept' : 's' })),
      )
      expect(await store.forget({ sessionId: 's' }, [])).toEqual({ decisions: 1_003, feedback: 0 })
      expect((await store.listDecisions({ limit: 1_000 })).decisions).toHaveLength(200)
    })

    it('nothing by a hostile name', async () => {
      const store = await filled({}, {})
      for (const hostile of HOSTILE_STRINGS) {
        for (const key of ['sessionId', 'userDigest', 'principal']) {
          const query = { [key]: hostile } as { sessionId: string }
          expect(await store.forget(query, [hostile])).toEqual({ decisions: 0, feedback: 0 })
        }
      }
      expect((await store.listDecisions({ limit: 10 })).decisions).toHaveLength(6)
      expect((await store.listForgottenExemplars()).sort()).toEqual([...HOSTILE_STRINGS].sort())
    })
  })

  describe(`${name} keeps rulings`, () => {
    it('the last of each subject in force, in the order they were made', async () => {
      const store = await open()
      const rulings = [
        rulingOf(1),
        rulingOf(2, { subject: 'exemplar', action: 'quarantine', note: 'harmful' }),
        rulingOf(3, { subjectId: 'ex_2', action: 'relabel', route: 'chat' }),
        // The clock went back: what was written last holds all the same.
        rulingOf(0, { action: 'reject', createdAtMs: 5 }),
      ]
      for (const ruling of rulings) await store.addRuling(ruling)
      expect(await store.listRulings()).toEqual([rulings[1], rulings[2], rulings[3]])
    })

    it('and takes the same one again without letting it overtake a later one', async () => {
      const store = await open()
      for (const ruling of [rulingOf(1), rulingOf(2, { action: 'reject' }), rulingOf(1)]) {
        await store.addRuling(ruling)
      }
      expect(await store.listRulings()).toEqual([rulingOf(2, { action: 'reject' })])
    })
  })

  describe(`${name} compares a shadow with what was decided`, () => {
    it('counts and shows the differences of its generation alone', async () => {
      const store = await open()
      record(
        store,
        numbers(60).map((n) => decisionOf(n)),
      )
      const differs = (n: number) => n > 5
      await store.addShadowDecisions(
        numbers(60).map((n) => shadowOf(n, { route: differs(n) ? 'chat' : 'code' })),
      )
      await store.addShadowDecisions([shadowOf(1, { generation: 44, route: 'chat' })])
      const summary = await store.shadowSummary(43)
      expect(summary).toMatchObject({ decisions: 60, differing: 55 })
      expect(summary.examples.map(({ decisionId }) => decisionId)).toEqual(
        numbers(60).reverse().slice(0, 50).map(idOf),
      )
      expect(summary.examples[0]).toEqual({
        decisionId: idOf(60),
        route: 'code',
        shadowRoute: 'chat',
        text: 'prompt number 60',
      })
      expect(await store.shadowSummary(44)).toMatchObject({ decisions: 1, differing: 1 })
      expect(await store.shadowSummary(45)).toMatchObject({
        decisions: 0,
        differing: 0,
        examples: [],
      })
    })

    it('takes shadows of decisions it does not know yet, and a second one in place of the first', async () => {
      const store = await open()
      await store.addShadowDecisions([shadowOf(1, { route: 'chat' }), shadowOf(2)])
      expect(await store.shadowSummary(43)).toMatchObject({ decisions: 0 })
      record(store, [decisionOf(1)])
      expect(await store.shadowSummary(43)).toMatchObject({ decisions: 1, differing: 1 })
      await store.addShadowDecisions([shadowOf(1)])
      expect(await store.shadowSummary(43)).toMatchObject({ decisions: 1, differing: 0 })
      await store.addShadowDecisions([])
    })
  })

  describe(`${name} keeps versions of the configuration`, () => {
    const version = (hash: string, createdAtMs: number) => ({
      hash,
      text: `routes: # ${hash}`,
      author: 'start',
      createdAtMs,
    })

    it('once each, the oldest first, as first saved', async () => {
      const store = await open()
      for (const saved of [version('b', 1), version('a', 2), version('b', 3)]) {
        await store.saveConfigVersion(saved)
      }
      expect(await store.listConfigVersions()).toEqual([version('b', 1), version('a', 2)])
    })

    it('and each time that one began to serve, the newest 200 first', async () => {
      const store = await open()
      const activation = (n: number) => ({
        id: idOf(n),
        hash: n % 2 === 0 ? 'a' : 'b',
        author: 'alice',
        cause: 'api',
        atMs: 1_000 + n,
      })
      for (const n of numbers(203)) await store.addConfigActivation(activation(n))
      await store.addConfigActivation(activation(203))
      expect(await store.listConfigActivations()).toEqual(
        numbers(203).slice(3).reverse().map(activation),
      )
    })
  })
}

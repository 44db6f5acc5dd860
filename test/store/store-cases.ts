// What every Store must do, whatever stands behind it: run with each implementation by its own test file.
import { describe, expect, it } from 'vitest'
import type { Store, StoreText } from '../../src/store/store.ts'
import { completionOf, decisionOf, feedbackOf, idOf } from './fixtures.ts'

export interface OpenOptions {
  storeText?: StoreText
  queueLimit?: number
}

/** Strings that break what is glued together: SQL, LIKE patterns, quotes, unicode, NUL. */
export const HOSTILE_STRINGS = [
  "'; DROP TABLE decisions; --",
  "' OR '1'='1",
  '" OR ""="',
  '`; DELETE FROM feedback',
  '1); ATTACH DATABASE "x" AS y; --',
  '%_[]^\\',
  '?1 :name @name $name',
  '/* */ -- #',
  'a\u0000b',
  '𝒰nicode \u202e\u200b é é 😀',
  '{"$ne":null}',
  '',
  ' ',
]

const code = (expected: string) => expect.objectContaining({ code: expected })

/** `open` gives an empty store that the test's end closes. */
export const describeStore = (
  name: string,
  open: (options?: OpenOptions) => Promise<Store>,
): void => {
  describe(`${name} keeps decisions`, () => {
    it('gives back a decision as it was recorded, before it has a completion', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1), 'pending')
      expect(await store.getDecision(idOf(1))).toEqual({
        ...decisionOf(1),
        outcome: 'pending',
        completion: null,
      })
    })

    it('gives back a decision in which everything that may be null is null or empty', async () => {
      const store = await open()
      const bare = decisionOf(1, {
        sessionId: null,
        embedding: null,
        degradedBy: null,
        confidence: null,
        margin: null,
        threshold: null,
        scores: [],
        neighbours: [],
        indexGeneration: null,
        encoderId: null,
        routingText: { text: '', digest: 'd', isTruncated: false, hasSignal: false, flags: [] },
        timings: { totalMs: 0 },
      })
      const completion = completionOf({
        attempts: [],
        usage: null,
        costUsd: null,
        firstTokenMs: null,
      })
      store.recordDecision(bare, 'pending')
      store.completeDecision(bare.id, completion)
      expect(await store.getDecision(bare.id)).toEqual({ ...bare, outcome: 'served', completion })
    })

    it.each([
      ['while the decision is queued', false],
      ['after the decision was written', true],
    ])('adds a completion that comes %s', async (_when, isWritten) => {
      const store = await open()
      store.recordDecision(decisionOf(1), 'pending')
      if (isWritten) await store.flush()
      store.completeDecision(idOf(1), completionOf({ outcome: 'interrupted' }))
      const stored = await store.getDecision(idOf(1))
      expect(stored?.outcome).toBe('interrupted')
      expect(stored?.completion).toEqual(completionOf({ outcome: 'interrupted' }))
    })

    it('gives back what a decision took over from an earlier turn', async () => {
      const store = await open()
      const earlier = { route: 'code', confidence: 0.9, novelty: 0.1, scores: [] }
      const inherited = {
        source: 'history' as const,
        weight: 0.75,
        cues: ['edit'],
        turnsBack: 2,
        earlier,
        own: null,
      }
      store.recordDecision(decisionOf(1, { inherited }), 'pending')
      expect((await store.getDecision(idOf(1)))?.inherited).toEqual(inherited)
    })

    it('knows an answer that came from the cache', async () => {
      const store = await open()
      const completion = completionOf({ attempts: [], costUsd: 0, cache: 'semantic' })
      store.recordDecision(decisionOf(1), 'pending')
      store.completeDecision(idOf(1), completion)
      expect((await store.getDecision(idOf(1)))?.completion).toEqual(completion)
    })

    it('keeps a dry run apart from what was served', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1), 'dry_run')
      expect((await store.getDecision(idOf(1)))?.outcome).toBe('dry_run')
    })

    it('stores the embedding as it was when the decision was recorded', async () => {
      const store = await open()
      const buffer = new Float32Array(64).fill(0.5)
      const decision = decisionOf(1, { embedding: buffer.subarray(3, 11) })
      store.recordDecision(decision, 'pending')
      buffer.fill(-1)
      expect((await store.getDecision(idOf(1)))?.embedding).toEqual(new Float32Array(8).fill(0.5))
    })

    it('knows no decision that was not recorded, and ignores its completion', async () => {
      const store = await open()
      store.completeDecision(idOf(9), completionOf())
      expect(await store.getDecision(idOf(9))).toBeNull()
      expect(store.stats().lastError).toBeNull()
    })

    it('keeps the first of two decisions with one id', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1, { route: 'first' }), 'pending')
      await store.flush()
      store.recordDecision(decisionOf(1, { route: 'second' }), 'pending')
      expect((await store.getDecision(idOf(1)))?.route).toBe('first')
    })

    it('drops and counts what no longer fits into the queue, and goes on afterwards', async () => {
      const store = await open({ queueLimit: 10 })
      for (let n = 1; n <= 25; n++) store.recordDecision(decisionOf(n), 'pending')
      expect(store.stats()).toMatchObject({ queuedDecisions: 10, droppedDecisions: 15 })
      await store.flush()
      store.recordDecision(decisionOf(26), 'pending')
      await store.flush()
      expect(store.stats()).toMatchObject({ queuedDecisions: 0, droppedDecisions: 15 })
      const { decisions } = await store.listDecisions({ limit: 100 })
      expect(decisions.map(({ id }) => id)).toEqual([26, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(idOf))
    })
  })

  describe(`${name} lists decisions`, () => {
    it('pages through all of them once, the newest first, across many batches', async () => {
      const store = await open()
      const count = 700
      for (let n = 1; n <= count; n++) store.recordDecision(decisionOf(n), 'pending')
      const seen: string[] = []
      let cursor: string | null | undefined
      while (cursor !== null) {
        const page = await store.listDecisions(
          cursor === undefined ? { limit: 100 } : { limit: 100, before: cursor },
        )
        seen.push(...page.decisions.map(({ id }) => id))
        cursor = page.nextCursor
      }
      expect(seen).toEqual(Array.from({ length: count }, (_, i) => idOf(count - i)))
    })

    it('filters by route, reason and outcome, alone and together', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1, { route: 'code', reason: 'matched' }), 'pending')
      store.recordDecision(decisionOf(2, { route: 'chat', reason: 'matched' }), 'pending')
      store.recordDecision(decisionOf(3, { route: 'code', reason: 'pinned' }), 'dry_run')
      store.completeDecision(idOf(1), completionOf({ outcome: 'failed' }))
      const ids = async (filter: object) =>
        (await store.listDecisions({ limit: 10, ...filter })).decisions.map(({ id }) => id)
      expect(await ids({ route: 'code' })).toEqual([idOf(3), idOf(1)])
      expect(await ids({ reason: 'matched' })).toEqual([idOf(2), idOf(1)])
      expect(await ids({ outcome: 'dry_run' })).toEqual([idOf(3)])
      expect(await ids({ route: 'code', reason: 'matched', outcome: 'failed' })).toEqual([idOf(1)])
      expect(await ids({ route: 'nowhere' })).toEqual([])
    })

    it('refuses a limit that is not an integer from 1 to 1000', async () => {
      const store = await open()
      for (const limit of [0, -1, 1.5, 1_001, Number.NaN]) {
        await expect(store.listDecisions({ limit })).rejects.toEqual(code('invalid_request'))
      }
    })
  })

  describe(`${name} keeps feedback`, () => {
    it('takes a vote on a decision recorded a moment before', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1), 'pending')
      expect(await store.addFeedback(feedbackOf(1))).toEqual({ replaced: false })
      expect(await store.listFeedback()).toEqual([
        {
          ...feedbackOf(1),
          text: 'prompt number 1',
          embedding: decisionOf(1).embedding,
          encoderId: 'mini/int8',
          route: 'code',
          reason: 'matched',
          confidence: 0.875,
          neighbours: decisionOf(1).neighbours,
          indexGeneration: 42,
          arm: null,
          decidedAtMs: decisionOf(1).createdAtMs,
        },
      ])
    })

    it('lets the latest vote of a principal replace the earlier, and no one else’s', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1), 'pending')
      await store.addFeedback(feedbackOf(1))
      await store.addFeedback(feedbackOf(2, { principal: 'bob' }))
      const changed = feedbackOf(3, {
        verdict: 'good',
        correctRoute: null,
        score: null,
        comment: null,
      })
      expect(await store.addFeedback(changed)).toEqual({ replaced: true })
      const votes = await store.listFeedback()
      expect(votes).toMatchObject([feedbackOf(2, { principal: 'bob' }), changed])
    })

    it('counts a vote that is replayed a thousand times once', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1), 'pending')
      const votes = Array.from({ length: 1_000 }, () => store.addFeedback(feedbackOf(1)))
      const replaced = (await Promise.all(votes)).filter((result) => result.replaced)
      expect(replaced).toHaveLength(999)
      expect(await store.listFeedback()).toHaveLength(1)
    })

    it('refuses a vote on a decision it does not know', async () => {
      const store = await open()
      await expect(store.addFeedback(feedbackOf(1))).rejects.toEqual(code('decision_not_found'))
      expect(await store.listFeedback()).toEqual([])
      expect(store.stats().lastError).toBeNull()
    })

    it('lists votes oldest first', async () => {
      const store = await open()
      for (const n of [1, 2, 3]) store.recordDecision(decisionOf(n), 'pending')
      for (const n of [2, 3, 1]) {
        await store.addFeedback(feedbackOf(n, { decisionId: idOf(n) }))
      }
      const votes = await store.listFeedback()
      expect(votes.map(({ decisionId }) => decisionId)).toEqual([1, 2, 3].map(idOf))
    })

    it('takes a configuration version again without complaint', async () => {
      const store = await open()
      const version = { hash: 'h1', text: 'routes: {}', author: 'start', createdAtMs: 1 }
      await store.saveConfigVersion(version)
      await store.saveConfigVersion(version)
      expect(store.stats().lastError).toBeNull()
    })
  })

  describe(`${name} treats every string as a value`, () => {
    const useEverywhere = async (store: Store, hostile: string, n: number) => {
      const decision = decisionOf(2, {
        id: `zz${hostile}`,
        requestId: hostile,
        sessionId: hostile,
        requestedModel: hostile,
        routingText: {
          text: hostile,
          digest: hostile,
          isTruncated: false,
          hasSignal: true,
          flags: [hostile],
        },
        route: hostile,
        model: hostile,
        degradedBy: hostile,
        scores: [{ route: hostile, score: 1 }],
        encoderId: hostile,
        configVersion: hostile,
      })
      store.recordDecision(decision, 'pending')
      expect(await store.getDecision(decision.id)).toMatchObject(decision)
      expect(await store.getDecision(hostile)).toBeNull()

      const found = await store.listDecisions({ limit: 10, route: hostile })
      expect(found.decisions.map(({ id }) => id)).toEqual([decision.id])
      for (const filter of [{ reason: hostile }, { outcome: hostile }, { route: `${hostile}x` }]) {
        expect((await store.listDecisions({ limit: 10, ...filter })).decisions).toEqual([])
      }

      const vote = feedbackOf(n, {
        decisionId: decision.id,
        principal: hostile,
        correctRoute: hostile,
        comment: hostile,
      })
      expect(await store.addFeedback(vote)).toEqual({ replaced: false })
      expect(await store.addFeedback(vote)).toEqual({ replaced: true })
      expect(await store.listFeedback()).toContainEqual(
        expect.objectContaining({ ...vote, text: hostile }),
      )
      await expect(store.addFeedback({ ...vote, decisionId: hostile })).rejects.toEqual(
        code('decision_not_found'),
      )
    }

    it('as a field, an id, a filter and a voter’s name', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1), 'pending')
      for (const [n, hostile] of HOSTILE_STRINGS.entries()) {
        await useEverywhere(store, hostile, n)
      }
      const { decisions } = await store.listDecisions({ limit: 100 })
      expect(decisions).toHaveLength(1 + HOSTILE_STRINGS.length)
      expect(await store.listFeedback()).toHaveLength(HOSTILE_STRINGS.length)
    })

    it('also as a cursor: it only compares', async () => {
      const store = await open()
      store.recordDecision(decisionOf(1), 'pending')
      for (const before of HOSTILE_STRINGS) {
        const { decisions } = await store.listDecisions({ limit: 10, before })
        expect(decisions).toHaveLength(before > idOf(1) ? 1 : 0)
      }
    })
  })

  describe(`${name} keeps only the text it may`, () => {
    it.each([
      ['full', 'prompt number 1', 'digest-1', 'wrong route'],
      ['hash', null, 'digest-1', 'wrong route'],
      ['off', null, '', null],
    ] as const)('with store_text %s', async (storeText, text, digest, comment) => {
      const store = await open({ storeText })
      store.recordDecision(decisionOf(1), 'pending')
      await store.addFeedback(feedbackOf(1))
      const stored = await store.getDecision(idOf(1))
      expect(stored?.routingText).toMatchObject({ text: text ?? '', digest })
      expect(await store.listFeedback()).toMatchObject([
        { text, comment, embedding: decisionOf(1).embedding },
      ])
    })
  })
}

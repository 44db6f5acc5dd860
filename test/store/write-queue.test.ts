// The queue against a plain model: whatever comes in whatever order, nothing is lost, doubled or reordered.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packBatch, unpackBatch, type WriteEntry } from '../../src/store/sqlite/batch.ts'
import { toCompletionRow, toDecisionRow } from '../../src/store/sqlite/rows.ts'
import { createWriteQueue } from '../../src/store/sqlite/write-queue.ts'
import { completionOf, decisionOf, idOf } from './fixtures.ts'

const rowOf = (n: number) => toDecisionRow(decisionOf(n), 'pending', 'full')
const completion = (totalMs: number) => toCompletionRow(completionOf({ totalMs }))

type Step = { kind: 'decision' | 'completion'; n: number } | { kind: 'take' | 'settle' }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('decision' as const, 'completion' as const),
      n: fc.integer({ min: 1, max: 12 }),
    }),
    fc.record({ kind: fc.constantFrom('take' as const, 'settle' as const) }),
  ),
  { maxLength: 80 },
)

/** Applies entries as the database does: the first row of an id stays, a completion needs its row. */
const apply = (entries: readonly WriteEntry[], rows: Map<string, number | null>): void => {
  for (const { id, row, completion } of entries) {
    if (row && !rows.has(id)) rows.set(id, null)
    if (completion && rows.has(id)) rows.set(id, completion.totalMs)
  }
}

it('leaves the database as writing each entry at once would', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const queue = createWriteQueue({ limit: 1_000, batchSize: 3 })
      const expected = new Map<string, number | null>()
      const actual = new Map<string, number | null>()
      let taken: readonly WriteEntry[] = []
      const settle = () => {
        apply(taken, actual)
        taken = []
        queue.settle()
      }
      sequence.forEach((step, at) => {
        if (step.kind === 'decision') {
          queue.addDecision(rowOf(step.n))
          if (!expected.has(idOf(step.n))) expected.set(idOf(step.n), null)
        } else if (step.kind === 'completion') {
          // The pipeline completes a decision only after it recorded it.
          if (!expected.has(idOf(step.n))) return
          queue.addCompletion(idOf(step.n), completion(at))
          expected.set(idOf(step.n), at)
        } else if (step.kind === 'take') taken = queue.take()
        else settle()
      })
      const target = queue.addedCount
      while (queue.settledCount < target) {
        taken = queue.take()
        settle()
      }
      expect(queue.size).toBe(0)
      expect([...actual]).toEqual([...expected])
    }),
  )
})

it('gives the same batch again until it is settled', () => {
  const queue = createWriteQueue({ limit: 10, batchSize: 2 })
  for (const n of [1, 2, 3]) queue.addDecision(rowOf(n))
  const first = queue.take().map(({ id }) => id)
  queue.addCompletion(idOf(1), completion(5))
  expect(queue.take().map(({ id }) => id)).toEqual(first)
  expect(queue.take()[0]?.completion).toBeNull()
  expect(queue.has(idOf(1))).toBe(true)
  queue.settle()
  expect(queue.take().map(({ id, row }) => [id, row === null])).toEqual([
    [idOf(3), false],
    [idOf(1), true],
  ])
})

it('takes no more than its limit, a batch under way included, but always a completion that joins', () => {
  const queue = createWriteQueue({ limit: 3, batchSize: 2 })
  expect([1, 2, 3, 4].map((n) => queue.addDecision(rowOf(n)))).toEqual([true, true, true, false])
  queue.take()
  expect(queue.addDecision(rowOf(5))).toBe(false)
  expect(queue.addCompletion(idOf(1), completion(1))).toBe(false)
  expect(queue.addCompletion(idOf(3), completion(1))).toBe(true)
  queue.settle()
  expect(queue.addDecision(rowOf(5))).toBe(true)
})

it('packs a batch into one buffer and gives back the same embeddings, empty and missing ones too', () => {
  const embedding = fc.option(fc.float32Array({ maxLength: 9 }))
  fc.assert(
    fc.property(fc.array(embedding, { maxLength: 20 }), (embeddings) => {
      const entries = embeddings.map((vector, n) => {
        const row = toDecisionRow(decisionOf(n, { embedding: vector }), 'pending', 'full')
        return { id: row.id, row: n % 5 === 4 ? null : row, completion: null }
      })
      const packed = structuredClone(packBatch(entries))
      expect(packed.entries.every(({ row }) => row === null || row.embedding === null)).toBe(true)
      expect(unpackBatch(packed)).toEqual(entries)
    }),
  )
})

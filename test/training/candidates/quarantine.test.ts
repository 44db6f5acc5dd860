import { expect, it } from 'vitest'
import type { FeedbackWithDecision } from '../../../src/core/records/feedback.ts'
import type { Ruling } from '../../../src/core/records/ruling.ts'
import { quarantine } from '../../../src/training/candidates/quarantine.ts'

const settings = {
  weights: { explicit: 1, review: 3, import: 1, implicit: 0.2 },
  quarantine_chance: 0.95,
}
const exemplars = Array.from({ length: 100 }, (_, i) => ({ id: `ex_${i}`, route: 'code' }))

let counter = 0
const vote = (exemplarId: string, verdict: 'good' | 'bad'): FeedbackWithDecision => ({
  id: `f${++counter}`,
  decisionId: `d${counter}`,
  principal: `key-${counter}`,
  verdict,
  correctRoute: verdict === 'bad' ? 'math' : null,
  score: null,
  comment: null,
  source: 'explicit',
  implicitKind: null,
  createdAtMs: counter,
  text: 'x',
  embedding: null,
  encoderId: null,
  route: 'code',
  reason: 'matched',
  confidence: 0.9,
  neighbours: [{ exemplarId, route: 'code', similarity: 0.9 }],
  indexGeneration: 1,
  arm: 'serving',
  decidedAtMs: counter,
})
const votes = (id: string, verdict: 'good' | 'bad', count: number) =>
  Array.from({ length: count }, () => vote(id, verdict))
const fine = votes('ex_1', 'good', 40)

const run = (feedback: FeedbackWithDecision[], rulings: Ruling[] = []) =>
  quarantine({ exemplars, feedback, rulings, settings }).map(({ exemplarId }) => exemplarId)

const ruling = (subjectId: string, action: Ruling['action']): Ruling => ({
  id: 'r',
  subject: 'exemplar',
  subjectId,
  action,
  route: null,
  author: 'ana',
  note: null,
  createdAtMs: 1,
})

it('leaves out what has proven harmful, and says by how much', () => {
  const feedback = [...fine, ...votes('ex_7', 'bad', 15)]
  const [found] = quarantine({ exemplars, feedback, rulings: [], settings })
  expect(found).toMatchObject({ exemplarId: 'ex_7', route: 'code' })
  expect(found?.reason).toMatch(/^Voted wrongly 15\.0 times and rightly 0\.0 times: harmful with/)
})

it('leaves nothing out for a vote or two, nor where it is switched off', () => {
  const feedback = [...fine, ...votes('ex_7', 'bad', 2)]
  expect(run(feedback)).toEqual([])
  const off = { ...settings, quarantine_chance: 1 }
  const many = [...fine, ...votes('ex_7', 'bad', 50)]
  expect(quarantine({ exemplars, feedback: many, rulings: [], settings: off })).toEqual([])
})

it('takes at most two in a hundred exemplars of a route at once', () => {
  const bad = Array.from({ length: 10 }, (_, i) => votes(`ex_${10 + i}`, 'bad', 15)).flat()
  expect(run([...votes('ex_1', 'good', 400), ...bad])).toHaveLength(2)
})

it('takes it back when the votes are gone or a person releases it', () => {
  const feedback = [...fine, ...votes('ex_7', 'bad', 15)]
  expect(run(fine)).toEqual([])
  expect(run(feedback, [ruling('ex_7', 'release')])).toEqual([])
})

it('leaves out what a person put there', () => {
  expect(run([], [ruling('ex_3', 'quarantine')])).toEqual(['ex_3'])
})

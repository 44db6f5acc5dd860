import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchClassification, decideBatch } from '../../../src/core/classifier/batch-decisions.ts'
import { fitClassifier } from '../../../src/core/classifier/fit.ts'
import { createClassifier } from '../../../src/core/classifier/score.ts'
import {
  type BatchRouterOptions,
  createBatchRouter,
} from '../../../src/core/classifier/score-batch.ts'
import { decideRoute } from '../../../src/core/decide/decide-route.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { createExactIndex } from '../../../src/vector-index/exact.ts'
import { madeRows, rowNear, SHAPE, vectorsOf } from '../../support/made-generations.ts'

const K = 32
const rows = madeRows({ perRoute: 40, seed: 3 })
const none = madeRows({ perRoute: 10, seed: 4, noise: 4 }).map((row) => ({ ...row, route: 'none' }))

/** A router, and the same decisions made one by one. */
const setUp = (options: { trustDescriptions?: boolean; texts?: boolean } = {}) => {
  const exemplars = [...rows, ...none]
  const vectors = vectorsOf(exemplars)
  const routes = exemplars.map(({ route }) => route)
  const texts = exemplars.map(({ route, text }) => (options.texts ? `${text} ${route}` : ''))
  const anchors = {
    vectors: vectorsOf(rows.slice(0, 4)),
    texts: rows.slice(0, 4).map(({ text }) => text),
    routes: rows.slice(0, 4).map(({ route }) => route),
  }
  const { model } = fitClassifier(
    { vectors, ...SHAPE, routes, texts, anchors },
    { seed: 7, trustDescriptions: options.trustDescriptions ?? false },
  )
  const { searchDimensions } = SHAPE
  const router: BatchRouterOptions = { model, exemplars, vectors, searchDimensions, neighbours: K }
  const classifier = createClassifier(model)
  const index = createExactIndex({ vectors, ...SHAPE })
  const single = (text: string | null, embedding: Float32Array) => {
    const hits = index.search(embedding, K)
    return classifier.classify({
      text: text ?? '',
      embedding,
      neighbours: hits.map(({ position, similarity }) => ({
        exemplarId: exemplars[position]?.id ?? '',
        route: exemplars[position]?.route ?? '',
        similarity,
      })),
      neighbourRows: hits.map(({ position }) =>
        vectors.subarray(position * SHAPE.dimensions, (position + 1) * SHAPE.dimensions),
      ),
      ...(text === null && { wordLogits: null }),
    })
  }
  return { model, router, single }
}

const worlds = [
  { name: 'embeddings alone', ...setUp() },
  { name: 'words', ...setUp({ texts: true }) },
  { name: 'descriptions', ...setUp({ trustDescriptions: true }) },
]

/** Prompts near exemplars, between routes and far from everything, some of them without a text. */
const asked = (count: number, seed: number) => {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const near = rows[Math.floor(random() * rows.length)] as (typeof rows)[number]
    const noise = [0, 0.1, 1, 3][i % 4] as number
    const text = i % 5 === 0 ? null : `${near.text} ${near.route}`
    return { text, vector: rowNear(near.vector, random, noise) }
  })
}

describe.each(worlds)('batch scoring with $name', ({ router, model, single }) => {
  const { classify } = {
    classify: (prompts: { text: string | null; vector: Float32Array }[]) =>
      createBatchRouter(router).score({
        vectors: vectorsOf(prompts),
        texts: prompts.map(({ text }) => text),
      }),
  }

  it('decides each row as it would be decided alone with exact neighbours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer(), (count, seed) => {
        const prompts = asked(count, seed)
        const options = {
          thresholds: model.thresholds,
          defaultRoute: 'general',
          routes: new Set(['code', 'math', 'writing', 'cooking', 'general']),
        }
        const decided = decideBatch(classify(prompts), router, options)
        prompts.forEach(({ text, vector }, i) => {
          const alone = single(text, vector)
          const { classification, choice } = decided[i] as (typeof decided)[number]
          expect(choice).toEqual(decideRoute({ ...options, classification: alone }))
          expect(Math.abs(classification.confidence - alone.confidence)).toBeLessThan(1e-5)
          expect(classification.novelty).toBeCloseTo(alone.novelty, 3)
          expect(classification.noveltyLimit).toBe(alone.noveltyLimit)
        })
      }),
      { numRuns: 15 },
    )
  })

  it('names the same neighbours, best first', () => {
    const prompts = asked(40, 1)
    const scores = classify(prompts)
    prompts.forEach(({ text, vector }, i) => {
      const { neighbours } = batchClassification(scores, i, router)
      const alone = single(text, vector).neighbours
      expect(neighbours.map(({ similarity }) => similarity)).toEqual(
        alone.map(({ similarity }) => expect.closeTo(similarity, 5)),
      )
      expect(neighbours[0]?.exemplarId).toBe(alone[0]?.exemplarId)
    })
  })
})

describe('a batch router', () => {
  it('says nothing where nothing was trained', () => {
    const model = fitClassifier(
      { vectors: new Float32Array(0), ...SHAPE, routes: [], texts: [] },
      { seed: 1 },
    ).model
    const router = {
      model,
      exemplars: [],
      vectors: new Float32Array(0),
      ...{ searchDimensions: SHAPE.searchDimensions, neighbours: K },
    }
    const scores = createBatchRouter(router).score({
      vectors: vectorsOf(rows.slice(0, 2)),
      texts: ['a', null],
    })
    expect(batchClassification(scores, 1, router)).toMatchObject({
      scores: [],
      confidence: 0,
      neighbours: [],
    })
  })

  it('comes out the same however many rows are asked together', () => {
    const { router } = worlds[1] as (typeof worlds)[number]
    const prompts = asked(2_100, 8)
    const together = createBatchRouter(router).score({
      vectors: vectorsOf(prompts),
      texts: prompts.map(({ text }) => text),
    })
    for (const at of [0, 1_023, 2_047, 2_048, 2_099]) {
      const one = prompts[at] as (typeof prompts)[number]
      const alone = createBatchRouter(router).score({ vectors: one.vector, texts: [one.text] })
      const { confidence, scores } = batchClassification(together, at, router)
      const expected = batchClassification(alone, 0, router)
      expect(confidence).toBeCloseTo(expected.confidence, 6)
      expect(scores[0]?.route).toBe(expected.scores[0]?.route)
    }
  })
})

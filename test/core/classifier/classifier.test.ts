import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitClassifier } from '../../../src/core/classifier/fit.ts'
import { createClassifier } from '../../../src/core/classifier/score.ts'
import { normaliseRow } from '../../../src/core/linear/vectors.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import {
  BARE,
  clustered,
  DIMENSIONS,
  nearestOf,
  vectorOf,
} from '../../support/clustered-training.ts'

const SEED = 7

const set = clustered({ code: 40, math: 40, none: 20, tiny: 3 }, 1)
const classifier = createClassifier(fitClassifier(set, { seed: SEED }).model)
const probe = (row: number) => vectorOf(set, row)

const classify = (row: number) =>
  classifier.classify({
    text: set.texts[row] ?? '',
    embedding: probe(row),
    ...nearestOf(set, probe(row)),
  })

describe('fitted classifier', () => {
  it('recognises fresh prompts of each route, also of one with three exemplars among hundreds', () => {
    const fresh = clustered({ code: 10, math: 10, none: 10, tiny: 10 }, 2)
    const right = fresh.routes.filter((route, i) => {
      const query = fresh.vectors.slice(i * DIMENSIONS, (i + 1) * DIMENSIONS)
      return (
        classifier.classify({ text: 'how', embedding: query, ...nearestOf(set, query) }).scores[0]
          ?.route === route
      )
    })
    expect(right.length).toBeGreaterThanOrEqual(38)
  })

  it('gives scores that sum to 1, sorted, and a confidence between 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: set.routes.length - 1 }), (row) => {
        const made = classify(row)
        const sum = made.scores.reduce((total, { score }) => total + score, 0)
        expect(sum).toBeCloseTo(1, 5)
        expect(made.confidence).toBeGreaterThan(0)
        expect(made.confidence).toBeLessThanOrEqual(1)
        expect(made.margin).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('comes out the same twice under one seed', () => {
    expect(fitClassifier(set, { seed: SEED })).toEqual(fitClassifier(set, { seed: SEED }))
  })

  it('has no threshold for the negative exemplars and one for each route', () => {
    expect(Object.keys(classifier.model.thresholds).sort()).toEqual(['code', 'math', 'tiny'])
  })

  it('says nothing where there are no neighbours', () => {
    const nothing = { neighbours: [], neighbourRows: [] }
    const made = classifier.classify({ text: 'how', embedding: probe(0), ...nothing })
    expect(made).toMatchObject({ scores: [], confidence: 0 })
  })

  it('fits an empty set, and one with a single exemplar a route', () => {
    const empty = { vectors: new Float32Array(0), ...BARE, routes: [], texts: [] }
    expect(fitClassifier(empty, { seed: SEED }).model.routes).toEqual([])
    const two = fitClassifier(clustered({ a: 1, b: 1 }, 3), { seed: SEED })
    expect(two.model.routes).toEqual(['a', 'b'])
    expect(two.report.thresholds.a?.basis).toBe('too_few')
  })

  it('follows an exemplar that the prompt rewords, against what the rest says', () => {
    const query = probe(0)
    const near = nearestOf(set, query)
    const neighbours = [
      { exemplarId: 'corrected', route: 'tiny', similarity: 0.95 },
      ...near.neighbours.map((n) => ({ ...n, similarity: n.similarity * 0.8 })),
    ]
    const neighbourRows = [query, ...near.neighbourRows]
    const made = classifier.classify({
      ...{ text: set.texts[0] ?? '', embedding: query },
      ...{ neighbours, neighbourRows },
    })
    expect(made.scores[0]?.route).toBe('tiny')
    expect(classify(0).scores[0]?.route).toBe('code')
  })

  it('learns routes from words where the embeddings say nothing', () => {
    const random = createRandom(5)
    const texts = Array.from({ length: 200 }, (_, i) => (i % 2 ? 'translate this' : 'shorten that'))
    const vectors = Float32Array.from({ length: 200 * DIMENSIONS }, () => random() - 0.5)
    for (let i = 0; i < 200; i++) normaliseRow(vectors, i * DIMENSIONS, DIMENSIONS)
    const routes = texts.map((_, i) => (i % 2 ? 'translation' : 'rewriting'))
    const learnt = createClassifier(
      fitClassifier({ vectors, ...BARE, routes, texts }, { seed: SEED }).model,
    )
    const made = learnt.classify({
      text: 'translate that',
      embedding: vectors.slice(0, DIMENSIONS),
      neighbours: [{ exemplarId: 'x', route: 'rewriting', similarity: 0.1 }],
      neighbourRows: [vectors.slice(0, DIMENSIONS)],
    })
    expect(made.scores[0]?.route).toBe('translation')
  })
})

import { describe, expect, it } from 'vitest'
import type { Exemplar } from '../../src/core/types.ts'
import type { FeedbackWithDecision } from '../../src/store/store.ts'
import { selectCandidates } from '../../src/training/candidates.ts'

const ENCODER = 'hashing/1'
let counter = 0

const vote = (more: Partial<FeedbackWithDecision>): FeedbackWithDecision => ({
  id: `f${++counter}`,
  decisionId: `d${counter}`,
  principal: 'anonymous',
  verdict: 'bad',
  correctRoute: 'code',
  score: null,
  comment: null,
  createdAtMs: counter,
  text: 'sort my list',
  embedding: Float32Array.of(0, 1),
  encoderId: ENCODER,
  route: 'math',
  reason: 'matched',
  ...more,
})

const curated: Exemplar[] = [
  { id: 'ex_1', text: 'Fix my script', route: 'code', source: 'seed' },
  { id: 'ex_2', text: 'solve for x', route: 'math', source: 'seed' },
]

const select = (feedback: FeedbackWithDecision[], exemplars = curated) =>
  selectCandidates({
    feedback,
    curated: exemplars,
    curatedVectors: Float32Array.of(1, 0, 0.6, 0.8),
    encoderId: ENCODER,
    dimensions: 2,
    searchDimensions: 2,
    routes: ['code', 'math', 'writing'],
  })

const reasons = (feedback: FeedbackWithDecision[]) => {
  const { accepted, rejected } = select(feedback)
  expect(accepted).toEqual([])
  return rejected.map(({ reason }) => reason)
}

describe('feedback becomes candidates', () => {
  it('learns nothing from the text of a turn that continued another', () => {
    expect(reasons([vote({ text: 'yes, do it', reason: 'session' })])[0]).toMatch(/earlier turn/)
  })

  it('takes a correction, with the vector that its decision was made on', () => {
    const correction = vote({})
    const { accepted, rejected } = select([correction])
    expect(rejected).toEqual([])
    expect(accepted).toHaveLength(1)
    expect(accepted[0]).toMatchObject({
      exemplar: { text: 'sort my list', route: 'code', source: 'feedback' },
      decisionIds: [correction.decisionId],
      vector: Float32Array.of(0, 1),
    })
    expect(accepted[0]?.exemplar.id).toMatch(/^fb_[0-9a-f]{12}$/)
  })

  it('gives the same id for the same text and route in every build', () => {
    const ids = [select([vote({})]), select([vote({})])].map((r) => r.accepted[0]?.exemplar.id)
    expect(ids[0]).toBe(ids[1])
  })

  it('takes none as a correct route', () => {
    expect(select([vote({ correctRoute: 'none' })]).accepted[0]?.exemplar.route).toBe('none')
  })

  it('adds nothing for a confirmation', () => {
    expect(select([vote({ verdict: 'good', correctRoute: null })])).toEqual({
      accepted: [],
      rejected: [],
    })
  })

  it('makes one exemplar of many votes on one text, white space and case aside', () => {
    const { accepted } = select([vote({}), vote({ text: ' Sort  my LIST' })])
    expect(accepted).toHaveLength(1)
    expect(accepted[0]?.decisionIds).toHaveLength(2)
  })

  it('lets the majority decide and tells the minority so', () => {
    const { accepted, rejected } = select([
      vote({}),
      vote({}),
      vote({ correctRoute: 'writing', decisionId: 'outvoted' }),
    ])
    expect(accepted[0]?.exemplar.route).toBe('code')
    expect(rejected).toEqual([
      { decisionId: 'outvoted', reason: 'Outvoted: the votes on this text are code 2, writing 1.' },
    ])
  })

  it('rejects all votes of a tie', () => {
    expect(reasons([vote({}), vote({ correctRoute: 'writing' })])).toEqual([
      expect.stringContaining('tied (code 1, writing 1)'),
      expect.stringContaining('tied (code 1, writing 1)'),
    ])
  })

  it('counts confirmations of the route taken against a correction', () => {
    expect(reasons([vote({}), vote({ verdict: 'good' }), vote({ verdict: 'good' })])).toEqual([
      'Outvoted: the votes on this text are math 2, code 1.',
    ])
  })

  it('rejects what the training data has already', () => {
    expect(reasons([vote({ text: 'fix my SCRIPT' })])).toEqual([
      'Already an exemplar of code (ex_1).',
    ])
  })

  it('lets a curated exemplar with the same text win', () => {
    expect(reasons([vote({ text: 'solve for x' })])[0]).toMatch(/^Contradicts .* ex_2 of math/)
  })

  it('rejects a route that is not configured, with a suggestion', () => {
    expect(reasons([vote({ correctRoute: 'coed' })])[0]).toContain('Did you mean "code"')
  })

  it('rejects a bad verdict that names no route', () => {
    expect(reasons([vote({ correctRoute: null })])[0]).toContain('names no correct_route')
  })
})

describe('feedback whose text is not stored', () => {
  it('becomes an exemplar of its vector alone', () => {
    const { accepted } = select([vote({ text: null })])
    expect(accepted[0]).toMatchObject({ exemplar: { text: '' }, vector: Float32Array.of(0, 1) })
  })

  it('recognises curated exemplars and other votes by the vector', () => {
    const known = Float32Array.of(0.6, 0.8)
    expect(reasons([vote({ text: null, embedding: known, correctRoute: 'math' })])).toEqual([
      'Already an exemplar of math (ex_2).',
    ])
    expect(
      reasons([vote({ text: null }), vote({ text: null, correctRoute: 'math' })]),
    ).toHaveLength(2)
  })

  it('is rejected when another encoder made the vector', () => {
    expect(reasons([vote({ text: null, encoderId: 'old/1' })])[0]).toContain('old/1')
  })

  it('is rejected when there is no vector either', () => {
    expect(reasons([vote({ text: null, embedding: null })])[0]).toContain(
      'Neither text nor embedding',
    )
  })

  it.each([
    ['NaN', [Number.NaN, 1]],
    ['infinite', [Number.POSITIVE_INFINITY, 1]],
    ['zero', [0, 0]],
    ['of norm 1e6', [1e6, 0]],
    ['of another length', [1]],
  ])(
    'is rejected when its vector is %s, and embedded afresh where there is a text',
    (_, values) => {
      const embedding = Float32Array.from(values)
      expect(reasons([vote({ text: null, embedding })])).toEqual([
        'The text is not stored, and its vector is damaged.',
      ])
      expect(select([vote({ embedding })]).accepted[0]?.vector).toBeNull()
    },
  )

  it('is embedded afresh where the text is there and only the vector is of another encoder', () => {
    expect(select([vote({ encoderId: 'old/1' })]).accepted[0]?.vector).toBeNull()
  })
})

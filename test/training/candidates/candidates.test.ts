import { describe, expect, it } from 'vitest'
import type { FeedbackWithDecision } from '../../../src/core/records/feedback.ts'
import type { Ruling } from '../../../src/core/records/ruling.ts'
import type { Exemplar } from '../../../src/core/types.ts'
import { toProposals } from '../../../src/training/candidates/candidate-proposals.ts'
import type { CandidateInput } from '../../../src/training/candidates/candidate-report.ts'
import { judgeCandidates } from '../../../src/training/candidates/candidates.ts'

const ENCODER = 'hashing/1'
let counter = 0

const vote = (more: Partial<FeedbackWithDecision>): FeedbackWithDecision => ({
  id: `f${++counter}`,
  decisionId: `d${counter}`,
  principal: `key-${counter}`,
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
  source: 'explicit',
  implicitKind: null,
  confidence: 0.9,
  neighbours: [],
  indexGeneration: 1,
  arm: 'serving',
  decidedAtMs: 1,
  ...more,
})

const curated: Exemplar[] = [
  { id: 'ex_1', text: 'Fix my script', route: 'code', source: 'seed' },
  { id: 'ex_2', text: 'solve for x', route: 'math', source: 'seed' },
]

const WEIGHTS = { explicit: 1, review: 3, import: 1, implicit: 0.2 }
const shape = { dimensions: 2, searchDimensions: 2 }

/** Rows of proposals that have none: their texts would be embedded. */
const rowsOf = (proposals: { vector: Float32Array | null }[]): Float32Array =>
  Float32Array.from(proposals.flatMap(({ vector }) => [...(vector ?? [0, 1])]))

const propose = (feedback: FeedbackWithDecision[], heldOutShare = 0) =>
  toProposals({
    ...shape,
    feedback,
    encoderId: ENCODER,
    routes: ['code', 'math', 'writing'],
    weights: WEIGHTS,
    heldOutShare,
  })

const select = (
  feedback: FeedbackWithDecision[],
  more: Partial<CandidateInput> & { heldOutShare?: number } = {},
) => {
  const { proposals, rejected } = propose(feedback, more.heldOutShare)
  const report = judgeCandidates({
    ...shape,
    proposals,
    vectors: rowsOf(proposals),
    curated,
    curatedVectors: Float32Array.of(1, 0, 0.6, 0.8),
    heldOut: null,
    rulings: [],
    maxSharePerKey: 0.1,
    ...more,
  })
  return { ...report, rejected: [...rejected, ...report.rejected] }
}

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

  it('takes a confirmed prompt where the route has few exemplars near', () => {
    const { accepted } = select([vote({ verdict: 'good', correctRoute: null })])
    expect(accepted[0]).toMatchObject({
      exemplar: { route: 'math' },
      reason: 'Confirmed where exemplars are few by 1 voter (math 1).',
    })
  })

  it('adds nothing for a confirmation of what is an exemplar already', () => {
    const said = vote({ verdict: 'good', correctRoute: null, text: 'solve for x' })
    expect(select([said])).toMatchObject({ accepted: [], queued: [], rejected: [], confirmed: 1 })
  })

  it('learns no route from a good vote on a prompt that none matched', () => {
    const said = vote({ verdict: 'good', correctRoute: null, reason: 'below_threshold' })
    expect(select([said])).toMatchObject({ accepted: [], queued: [], rejected: [], confirmed: 0 })
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

  it('queues a prompt that the voters do not agree about', () => {
    const { accepted, queued } = select([vote({}), vote({ correctRoute: 'writing' })])
    expect(accepted).toEqual([])
    expect(queued[0]?.reason).toBe('The votes do not agree (code 1, writing 1).')
  })

  it('counts confirmations of the route taken against a correction', () => {
    const votes = [vote({}), vote({ verdict: 'good' }), vote({ verdict: 'good' })]
    expect(select(votes).rejected[0]?.reason).toBe(
      'Outvoted: the votes on this text are math 2, code 1.',
    )
  })

  it('counts one vote of each principal on a prompt, the last', () => {
    const votes = [
      ...Array.from({ length: 50 }, () => vote({ principal: 'loud', correctRoute: 'writing' })),
      vote({}),
      vote({}),
    ]
    expect(select(votes).accepted[0]?.exemplar.route).toBe('code')
  })

  it('asks a person where only guesses from behaviour speak for it', () => {
    const { queued } = select([vote({ source: 'implicit', implicitKind: 'correction' })])
    expect(queued[0]?.reason).toContain('weigh 0.2 of the 1')
  })

  it('leaves out implicit votes that name no route, without a word', () => {
    const said = vote({ source: 'implicit', implicitKind: 're_ask', correctRoute: null })
    expect(select([said])).toMatchObject({ accepted: [], queued: [], rejected: [] })
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
    const { queued } = select([vote({ text: null }), vote({ text: null, correctRoute: 'math' })])
    expect(queued).toHaveLength(1)
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
      expect(propose([vote({ embedding })]).proposals[0]?.vector).toBeNull()
    },
  )

  it('is embedded afresh where the text is there and only the vector is of another encoder', () => {
    expect(propose([vote({ encoderId: 'old/1' })]).proposals[0]?.vector).toBeNull()
  })
})

/** A unit vector at an angle, in degrees. */
const at = (degrees: number): Float32Array =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))

describe('the checks of a candidate', () => {
  /** Ten exemplars of code around 0°, ten of math around 90°, ten of writing around 180°. */
  const places = [
    ['code', 0],
    ['math', 90],
    ['writing', 180],
  ] as const
  const many: Exemplar[] = places.flatMap(([route, from]) =>
    Array.from({ length: 10 }, (_, i) => ({
      id: `ex_${route}_${i}`,
      text: `${route} ${from} ${i}`,
      route,
      source: 'seed' as const,
    })),
  )
  const rows = Float32Array.from(
    places.flatMap(([, from]) =>
      Array.from({ length: 10 }, (_, i) => [...at(from + 2 * (i - 4.5))]).flat(),
    ),
  )
  const check = (feedback: FeedbackWithDecision[], more: Partial<CandidateInput> = {}) =>
    select(feedback, { curated: many, curatedVectors: rows, ...more })

  it('queue a prompt close to a curated exemplar of another route, and name it', () => {
    const { queued } = check([vote({ text: 'odd', embedding: at(1), correctRoute: 'writing' })])
    expect(queued[0]?.reason).toMatch(/^Close to ex_code_\d, a curated exemplar of code/)
  })

  it('queue a route that is nowhere near, and say which ones are', () => {
    const said = vote({ text: 'odd', embedding: at(35), correctRoute: 'writing' })
    expect(check([said]).queued[0]?.reason).toMatch(
      /^No similar exemplar belongs to writing: the nearest belong to code \d+ %, math \d+ %/,
    )
  })

  it('let two independent voters of like prompts support each other, but not one voter himself', () => {
    const pair = (principals: [string, string]) => [
      vote({ text: 'a', embedding: at(-40), correctRoute: 'writing', principal: principals[0] }),
      vote({ text: 'b', embedding: at(-55), correctRoute: 'writing', principal: principals[1] }),
    ]
    expect(check(pair(['x', 'y'])).accepted).toHaveLength(2)
    expect(check(pair(['x', 'x'])).queued).toHaveLength(2)
  })

  it('reject what an exemplar of the route says already', () => {
    const said = vote({ text: 'again', embedding: at(91), route: 'code', correctRoute: 'math' })
    expect(check([said]).rejected[0]?.reason).toMatch(/^Adds nothing: an exemplar of math/)
  })

  it('queue what would turn held-out prompts wrong', () => {
    const heldOut = {
      labels: ['code', 'code', 'code'],
      vectors: Float32Array.from([...at(39), ...at(40), ...at(41)]),
    }
    const said = vote({ text: 'odd', embedding: at(40), correctRoute: 'math' })
    const twenty = Array.from({ length: 1 }, () => said)
    const alone = { curated: many.slice(0, 13), curatedVectors: rows.slice(0, 26) }
    expect(check(twenty, { ...alone, heldOut }).queued[0]?.reason).toMatch(
      /^Would make \d held-out prompts wrong and 0 right/,
    )
  })

  it('stop at what one key may contribute, whatever it sends', () => {
    const flood = Array.from({ length: 200 }, (_, i) =>
      vote({
        text: `prompt ${i}`,
        embedding: at(15 * (i % 10) - 90),
        correctRoute: 'code',
        principal: 'flood',
      }),
    )
    const { accepted, queued, rejected } = check(flood)
    expect(accepted.length).toBeLessThanOrEqual(5)
    expect(queued.some(({ reason }) => reason.includes('share of 5 candidates of code'))).toBe(true)
    expect(accepted.length + queued.length + rejected.length).toBe(200)
  })

  it('keep a share of the voted prompts for measuring, decided by the prompt alone', () => {
    const votes = Array.from({ length: 400 }, (_, i) => vote({ text: `prompt ${i}` }))
    const heldOutOf = (feedback: FeedbackWithDecision[]) =>
      propose(feedback, 0.2)
        .proposals.filter(({ isHeldOut }) => isHeldOut)
        .map(({ text }) => text)
        .sort()
    expect(heldOutOf(votes)).toEqual(heldOutOf([...votes].reverse()))
    expect(heldOutOf(votes).length / 400).toBeGreaterThan(0.12)
    expect(heldOutOf(votes).length / 400).toBeLessThan(0.28)
    const said = vote({ text: 'prompt 1', embedding: at(60), correctRoute: 'math' })
    expect(check([said], { heldOutShare: 1 } as never)).toMatchObject({
      accepted: [],
      heldOut: [{ text: 'prompt 1', route: 'math' }],
    })
  })

  const ruling = (subjectId: string, more: Partial<Ruling>): Ruling => ({
    id: 'r1',
    subject: 'candidate',
    subjectId,
    action: 'accept',
    route: null,
    author: 'ana',
    note: null,
    createdAtMs: 1,
    ...more,
  })

  it('yield to what a person has ruled', () => {
    const said = vote({ text: 'odd', embedding: at(35), correctRoute: 'writing' })
    const id = check([said]).queued[0]?.exemplar.id ?? ''
    const by = (more: Partial<Ruling>) => check([said], { rulings: [ruling(id, more)] })
    expect(by({}).accepted[0]?.reason).toBe('Accepted by ana.')
    expect(by({ action: 'relabel', route: 'math' }).accepted[0]?.exemplar.route).toBe('math')
    expect(by({ action: 'reject', note: 'spam' }).rejected[0]?.reason).toBe(
      'Rejected by ana: spam.',
    )
  })
})

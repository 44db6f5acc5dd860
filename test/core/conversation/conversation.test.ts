import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  blendClassifications,
  continuationWeight,
  isCourtesy,
  isFollowUp,
  turnCues,
} from '../../../src/core/conversation/conversation.ts'
import type { Classification } from '../../../src/core/types.ts'
import { FOLLOW_UPS_BY_LANGUAGE, REQUESTS_BY_LANGUAGE } from '../../support/follow-ups.ts'

const classified = (scores: Record<string, number>, confidence?: number): Classification => {
  const sorted = Object.entries(scores)
    .map(([route, score]) => ({ route, score }))
    .sort((a, b) => b.score - a.score)
  return {
    scores: sorted,
    confidence: confidence ?? sorted[0]?.score ?? 0,
    margin: 0,
    neighbours: [],
    novelty: 0,
    noveltyLimit: 1,
  }
}

const sure = (confidence: number) => classified({ code: confidence, math: 1 - confidence })

const FOLLOW_UPS = [
  'yes please',
  'go ahead',
  'continue',
  'try again',
  'run it again but slower',
  'can you make it longer?',
  'what about Sweden?',
  'same for March',
  'why not?',
  'which one is cheaper?',
  'and without sugar?',
  'in blue instead',
  'for a child of four',
  'ok now with comments',
  'the second one',
  'give me five more',
  'less technical, please',
  'it still does not work',
  'I do not understand the last part',
  '👍',
  '…',
  'undo that',
  'ship it',
  'ja, mach das',
  'kürzer bitte',
  'und auf Spanisch?',
  'noch eins',
  'ohne Zucker',
  'oui vas-y',
  'plus court',
  'et en italien ?',
  'encore un autre',
  'sí, hazlo',
  'más corto por favor',
  'y sin azúcar?',
  'sim, continua',
  'e em francês?',
  'più breve',
  'ja graag',
  'en zonder suiker?',
  '继续',
  'もう一つ',
]

const STANDING_ALONE = [
  'Write a limerick about a goat who sells insurance',
  'How do I reverse a linked list in C?',
  'translate "the cat is on the roof" into Danish',
  'What is the boiling point of ethanol at high altitude?',
  'my docker container exits with code 137, what does that mean',
  'Is it worth buying an electric car if I park on the street?',
  'summarise the attached minutes for the parish council',
  'A train leaves at 9:40 and arrives at 13:05, how long is the trip',
  'Schreib mir eine Einladung zum Sommerfest unserer Schule',
  'Quelle est la capitale administrative de la Bolivie ?',
  'Escribe un poema sobre la lluvia en la ciudad vieja',
  'Unrelated: who painted the ceiling of the opera in Paris',
  'by the way, can you fix this css grid',
  'andere Frage: wie wird das Wetter morgen',
  'and how do I deploy this container to a cluster on google cloud',
  'a good name for a bakery next to a railway station',
]

describe('the cues of a turn', () => {
  it.each(FOLLOW_UPS)(
    'take %j for a follow-up, though it is classified with some certainty',
    (text) => {
      expect(continuationWeight(turnCues(text), sure(0.7))).toBeGreaterThan(0.5)
    },
  )

  it.each(Object.entries(FOLLOW_UPS_BY_LANGUAGE))('know follow-ups in %s', (_language, texts) => {
    const missed = texts.filter((text) => continuationWeight(turnCues(text), sure(0.6)) <= 0.5)
    expect(missed).toEqual([])
  })

  it.each(Object.entries(REQUESTS_BY_LANGUAGE))(
    'take requests in %s by themselves',
    (_language, texts) => {
      const taken = texts.filter((text) => continuationWeight(turnCues(text), sure(0.9)) >= 0.25)
      expect(taken).toEqual([])
    },
  )

  it.each(STANDING_ALONE)('take %j by itself', (text) => {
    expect(continuationWeight(turnCues(text), sure(0.9))).toBeLessThan(0.25)
  })

  it.each(['thanks!', 'thank you so much, bye', 'danke dir', 'merci beaucoup', 'gracias'])(
    'see in %j courtesy, which continues no task',
    (text) => {
      const cues = turnCues(text)
      expect(isCourtesy(cues)).toBe(true)
      expect(continuationWeight(cues, sure(0.3))).toBe(0)
    },
  )

  it('do not count quoted material as a subject of its own', () => {
    const cues = turnCues("one more: 'the soup was cold and the waiter rude about the weather'")
    expect(isFollowUp(cues)).toBe(true)
  })

  it('say a word for every cue that was found', () => {
    expect(turnCues('and shorter').found).toEqual(
      expect.arrayContaining(['continuation', 'edit', '0 content words']),
    )
  })

  it('leave long turns alone, whatever they begin with', () => {
    expect(isFollowUp(turnCues(`and ${'then there was another thing '.repeat(20)}`))).toBe(false)
  })

  it('are finite for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        const { logOdds } = turnCues(text)
        expect(Number.isFinite(logOdds)).toBe(true)
      }),
    )
  })
})

describe('the weight of an earlier turn', () => {
  it('falls as the turn itself is classified more surely', () => {
    const cues = turnCues('and what about the edges?')
    const weights = [0.55, 0.7, 0.8, 0.99].map((c) => continuationWeight(cues, sure(c)))
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
    expect(weights[0]).toBeGreaterThan(weights[3] as number)
  })

  it('is whole where the turn has nothing to classify', () => {
    expect(continuationWeight(turnCues('…'), null)).toBe(1)
  })

  it('takes a turn that looks like no route for no sure classification', () => {
    const cues = turnCues('commit it')
    const none = classified({ none: 0.95, code: 0.05 })
    expect(continuationWeight(cues, none)).toBeGreaterThan(continuationWeight(cues, sure(0.95)))
  })
})

describe('blending', () => {
  const probabilities = fc
    .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
    .map((raw) => {
      const sum = raw.reduce((a, b) => a + b, 0)
      const [a = 0, b = 0, c = 0] = raw.map((value) => value / sum)
      return classified({ code: a, math: b, none: c })
    })
  const weight = fc.double({ min: 0, max: 1, noNaN: true })

  it('gives scores that sum to 1, best first, and a probability', () => {
    fc.assert(
      fc.property(probabilities, probabilities, weight, (own, earlier, share) => {
        const { scores, confidence, margin } = blendClassifications(own, earlier, share)
        expect(scores.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 9)
        expect(scores.map(({ score }) => score)).toEqual(
          scores.map(({ score }) => score).sort((a, b) => b - a),
        )
        expect(confidence).toBeGreaterThanOrEqual(0)
        expect(confidence).toBeLessThanOrEqual(1)
        expect(margin).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('is the turn itself at weight 0 and the earlier turn at weight 1', () => {
    const own = classified({ code: 0.9, math: 0.1 }, 0.8)
    const earlier = classified({ math: 0.7, code: 0.3 }, 0.6)
    expect(blendClassifications(own, earlier, 0)).toMatchObject({
      scores: own.scores,
      confidence: 0.8,
    })
    expect(blendClassifications(own, earlier, 1)).toMatchObject({
      scores: earlier.scores,
      confidence: 0.6,
    })
  })

  it('inherits everything but neighbours where the turn had nothing to classify', () => {
    const earlier = classified({ math: 0.7, code: 0.3 }, 0.6)
    earlier.neighbours.push({ exemplarId: 'e', route: 'math', similarity: 0.9 })
    expect(blendClassifications(null, earlier, 1)).toMatchObject({
      scores: earlier.scores,
      confidence: 0.6,
      neighbours: [],
    })
  })

  it('knows routes that only one of both has', () => {
    const made = blendClassifications(classified({ code: 1 }), classified({ new: 1 }), 0.75)
    expect(made.scores).toEqual([
      { route: 'new', score: 0.75 },
      { route: 'code', score: 0.25 },
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AugmentInput, augment } from '../../../src/training/exemplars/augment.ts'

const DIMENSIONS = 3

const inputOf = (changes: Partial<AugmentInput> = {}): AugmentInput => {
  const routes = Array.from(
    { length: 60 },
    (_, i) => ['code', 'math', 'small_talk'][i % 3] as string,
  )
  return {
    routes,
    texts: routes.map((route, i) => `how do I write the ${route} of number ${i}`),
    descriptions: {
      code: ['Programs and bugs.', ''],
      math: [],
      small_talk: [' Chatting ', 'Hello.'],
    },
    copiesPerRoute: 5,
    seed: 7,
    ...changes,
  }
}

/** The vector of text i is [i, i, i]. */
const complete = ({ texts, complete: finish }: ReturnType<typeof augment>) =>
  finish(
    Float32Array.from({ length: texts.length * DIMENSIONS }, (_, k) => Math.floor(k / DIMENSIONS)),
  )

describe('perturbed copies', () => {
  it('are made of at most so many exemplars of each route, one of each, under the right origin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.nat(1e6), (copiesPerRoute, seed) => {
        const input = inputOf({ copiesPerRoute, seed })
        const { copies } = complete(augment(input))
        expect(new Set(copies.origins).size).toBe(copies.origins.length)
        const taken = new Map<string, number>()
        copies.origins.forEach((origin, i) => {
          const route = input.routes[origin] as string
          taken.set(route, (taken.get(route) ?? 0) + 1)
          expect(copies.texts[i]).not.toBe(input.texts[origin])
        })
        for (const count of taken.values()) expect(count).toBeLessThanOrEqual(copiesPerRoute)
      }),
      { numRuns: 15 },
    )
  })

  it('keep the number of the exemplar that they were made of', () => {
    const input = inputOf()
    const { copies } = complete(augment(input))
    expect(copies.origins).toHaveLength(15)
    // Of all rewritings enough leave the number in place to tell whose copy it is.
    const numbered = copies.origins.filter((origin, i) =>
      new RegExp(`\\b${origin}\\b`).test(copies.texts[i] as string),
    )
    expect(numbered.length).toBeGreaterThan(10)
  })

  it('are not made of exemplars whose text is not stored', () => {
    const { texts } = inputOf()
    const input = inputOf({
      texts: texts.map((text, i) => (i < 30 ? '' : text)),
      copiesPerRoute: 99,
    })
    const { copies } = complete(augment(input))
    expect(Math.min(...copies.origins)).toBeGreaterThanOrEqual(30)
    expect(copies.origins.length).toBeGreaterThan(25)
  })

  it('are not made of more than fifty routes', () => {
    const many = (n: number) =>
      augment(
        inputOf({
          routes: Array.from({ length: 2 * n }, (_, i) => `r${i % n}`),
          texts: Array.from({ length: 2 * n }, (_, i) => `how do I write number ${i}`),
          descriptions: {},
        }),
      ).texts.length
    expect(many(50)).toBe(100)
    expect(many(51)).toBe(0)
  })

  it('come out the same twice under one seed, and of other exemplars under another', () => {
    const origins = (seed: number) => complete(augment(inputOf({ seed }))).copies.origins
    expect(origins(1)).toEqual(origins(1))
    expect(origins(1)).not.toEqual(origins(2))
  })
})

describe('anchors', () => {
  it('are the name of each route as words, and every sentence that describes it', () => {
    const { anchors } = complete(augment(inputOf()))
    expect(anchors.texts.map((text, i) => [anchors.routes[i], text])).toEqual([
      ['code', 'code'],
      ['code', 'Programs and bugs.'],
      ['math', 'math'],
      ['small_talk', 'small talk'],
      ['small_talk', 'Chatting'],
      ['small_talk', 'Hello.'],
    ])
  })
})

describe('the vectors of the texts that were asked for', () => {
  it('go to anchors and copies in the order of the texts', () => {
    const made = augment(inputOf())
    const { anchors, copies } = complete(made)
    expect([...anchors.texts, ...copies.texts]).toEqual(made.texts)
    expect([...anchors.vectors]).toEqual([0, 1, 2, 3, 4, 5].flatMap((i) => [i, i, i]))
    expect(copies.vectors).toHaveLength(copies.texts.length * DIMENSIONS)
    expect([...copies.vectors.subarray(0, 4)]).toEqual([6, 6, 6, 7])
  })

  it('may be none', () => {
    const made = augment({ ...inputOf(), texts: [], routes: [], descriptions: {} })
    expect(made.texts).toEqual([])
    expect(made.complete(new Float32Array(0))).toMatchObject({
      anchors: { routes: [] },
      copies: { origins: [] },
    })
  })
})

// Own exemplars of two routes, and a library that draws the line between them the same way, or the other way round.
import { describe, expect, it } from 'vitest'
import { chooseLibrary, LEAST_OWN } from '../../../src/training/rebuild/library-choice.ts'
import { clustered } from '../../support/clustered-training.ts'

const OPTIONS = { seed: 1 }
/** Of one's own exemplars, and of the library's, which are many and clear. */
const NOISE = { own: 2.4, library: 0.5 }

/** `own` exemplars of each route, then 60 of the library of each under the names that it gives them. */
const question = (own: number, named: { a: string; b: string }) => {
  const mine = clustered({ a: own, b: own }, 3, NOISE.own)
  const library = clustered({ a: 60, b: 60 }, 2, NOISE.library)
  const set = {
    ...mine,
    vectors: Float32Array.from([...mine.vectors, ...library.vectors]),
    routes: [...mine.routes, ...library.routes.map((route) => named[route as 'a' | 'b'])],
    texts: [...mine.texts, ...library.texts].map(() => ''),
  }
  const isLibrary = set.routes.map((_, row) => row >= 2 * own)
  return { set, isLibrary, options: OPTIONS }
}

describe('the library beside exemplars of one’s own', () => {
  it('is kept where it draws the routes alike, because few own ones know less', () => {
    const choice = chooseLibrary(question(8, { a: 'a', b: 'b' }))
    expect(choice).toMatchObject({ isKept: true, judged: ['a', 'b'], own: 16 })
    expect(choice?.rows).toHaveLength(136)
    expect(choice?.error.with).toBeLessThan(choice?.error.without ?? 0)
  })

  it('is left out where it draws them differently', () => {
    const choice = chooseLibrary(question(8, { a: 'b', b: 'a' }))
    expect(choice).toMatchObject({ isKept: false, rows: [...Array(16).keys()] })
    expect(choice?.error.with).toBeGreaterThan(choice?.error.without ?? 1)
  })

  it('stays with a route that has too few of its own to judge it by', () => {
    expect(chooseLibrary(question(LEAST_OWN - 1, { a: 'b', b: 'a' }))).toBeNull()
    const mixed = question(8, { a: 'b', b: 'a' })
    mixed.set.routes = mixed.set.routes.map((route, row) => (row >= 76 ? 'c' : route))
    const choice = chooseLibrary(mixed)
    expect(choice?.judged).toEqual(['b'])
    expect(choice?.rows.slice(-1)).toEqual([135])
  })

  it('is no question where nothing came of it', () => {
    const { set, options } = question(8, { a: 'a', b: 'b' })
    expect(chooseLibrary({ set, options, isLibrary: set.routes.map(() => false) })).toBeNull()
  })
})

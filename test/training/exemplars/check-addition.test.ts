import { describe, expect, it } from 'vitest'
import type { Exemplar } from '../../../src/core/types.ts'
import { checkAddition } from '../../../src/training/exemplars/check-addition.ts'

const exemplars: Exemplar[] = [
  { id: 'a', text: 'sort a list', route: 'code', source: 'seed' },
  { id: 'b', text: 'solve for x', route: 'math', source: 'seed' },
]
const vectors = Float32Array.of(1, 0, 0, 1)

/** A unit vector with this cosine to the first exemplar. */
const at = (cosine: number) => Float32Array.of(cosine, -Math.sqrt(1 - cosine * cosine))
const check = (text: string, route: string, vector: Float32Array) =>
  checkAddition({ text, route, vector, exemplars, vectors, searchDimensions: 2 })

describe('checking an addition', () => {
  it('has no objection to a text that lies apart, and shows what is nearest', () => {
    const result = check('rename files', 'code', at(0.5))
    expect(result.objection).toBeNull()
    expect(result.nearestSame?.exemplar.id).toBe('a')
    expect(result.nearestSame?.similarity).toBeCloseTo(0.5, 5)
    expect(result.nearestOther?.exemplar.id).toBe('b')
  })

  it.each([
    ['duplicate', 'SORT a  list', 'code', 0.1],
    ['contradiction', 'Sort a list', 'math', 0.1],
    ['near_duplicate', 'sort one list', 'code', 0.951],
    ['conflict', 'sort one list', 'math', 0.921],
  ] as const)('objects to a %s', (kind, text, route, cosine) => {
    expect(check(text, route, at(cosine)).objection).toMatchObject({
      kind,
      neighbour: { exemplar: { id: 'a' } },
    })
  })

  it.each([
    ['code', 0.949],
    ['math', 0.919],
  ] as const)('lets a text of %s pass at %f', (route, cosine) => {
    expect(check('sort one list', route, at(cosine)).objection).toBeNull()
  })

  it('compares embeddings and not what follows them', () => {
    const wide = Float32Array.of(1, 0, 9, 0, 1, -9)
    const vector = Float32Array.of(...at(0.5), -9)
    const input = { text: 'rename files', route: 'code', exemplars, vectors: wide, vector }
    const { nearestSame } = checkAddition({ ...input, searchDimensions: 2 })
    expect(nearestSame?.similarity).toBeCloseTo(0.5, 5)
  })

  it('compares with nothing when there is nothing', () => {
    const empty = { exemplars: [], vectors: new Float32Array(0), searchDimensions: 2 }
    expect(checkAddition({ text: 'a', route: 'code', vector: at(1), ...empty })).toEqual({
      objection: null,
      nearestSame: null,
      nearestOther: null,
    })
  })
})

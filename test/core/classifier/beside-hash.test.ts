import { expect, it } from 'vitest'
import { besideHash } from '../../../src/core/classifier/beside-hash.ts'

const nothing = new Float32Array(0)
const of = (copies: string[], anchors: [string, string][]) =>
  besideHash({
    copies: { vectors: nothing, texts: copies, origins: copies.map(() => 0) },
    anchors: {
      vectors: nothing,
      texts: anchors.map(([, text]) => text),
      routes: anchors.map(([route]) => route),
    },
  })

it('tells apart other copies, other descriptions, and the same description of another route', () => {
  const hashes = [
    besideHash({}),
    of(['a'], []),
    of(['b'], []),
    of(['a', 'b'], []),
    of(['ab'], []),
    of(['a'], [['code', 'b']]),
    of(['a'], [['math', 'b']]),
    of([], [['code', 'a']]),
  ]
  expect(new Set(hashes).size).toBe(hashes.length)
  expect(hashes.every((hash) => Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32)).toBe(true)
})

it('is the same of the same, and of nothing as of empty lists', () => {
  expect(of(['a'], [['code', 'b']])).toBe(of(['a'], [['code', 'b']]))
  expect(besideHash({})).toBe(of([], []))
})

it('tells apart other samples of the traffic, and a sample from none', () => {
  const withSample = (text: string, route: string) =>
    besideHash({ sample: { vectors: nothing, texts: [text], routes: [route] } })
  const hashes = [
    besideHash({}),
    withSample('a', 'code'),
    withSample('b', 'code'),
    withSample('a', 'math'),
  ]
  expect(new Set(hashes).size).toBe(hashes.length)
})

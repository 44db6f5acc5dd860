// X04: ten thousand wrong values at every entry of the index, in a child process: refused as invalid_vector by all alike, or
// accepted by all alike, and no process death.
import { expect, it } from 'vitest'
import { ask, startChild } from '../vector-index/support/child.ts'

it('survives 10,000 odd vectors and judges them the same at every entry', async () => {
  const child = startChild('fuzz')
  const { counts } = await ask<{ counts: Record<string, number> }>(child, {
    seed: 11,
    cases: 10_000,
  })
  expect(Object.keys(counts).sort()).toEqual(['accepted', 'refused'])
  expect(counts.refused).toBeGreaterThan(4_000)
  expect(counts.accepted).toBeGreaterThan(500)
}, 60_000)

import { expect, it } from 'vitest'
import { createHeapGrowth } from '../../src/service/heap-growth.ts'

it('lets the heap grow further while there is much to do, and as little as before afterwards', () => {
  const shares = [0.05, 0.6, 0.9, 0.1, 0]
  const set: number[] = []
  const look = createHeapGrowth({
    busyShare: () => shares.shift() ?? 0,
    setPercent: (percent) => set.push(percent),
    collect: () => {},
  })
  for (let i = 0; i < 5; i += 1) look()
  expect(set).toEqual([20, 100, 20])
})

it('collects the heap twice once there is little to do after much, and not before or later', () => {
  const shares = [0, 0, 0.5, 0.1, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1]
  let look = 0
  const collectedAt: number[] = []
  const grow = createHeapGrowth({
    busyShare: () => shares[look] ?? 0,
    setPercent: () => {},
    collect: () => collectedAt.push(look),
  })
  for (; look < shares.length; look++) grow()
  expect(collectedAt).toEqual([6, 7])
})

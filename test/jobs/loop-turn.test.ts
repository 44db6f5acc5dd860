import { expect, it } from 'vitest'
import { createTurns } from '../../src/jobs/loop-turn.ts'

it('lets the event loop turn between two callers, and keeps their order', async () => {
  const takeTurn = createTurns()
  const order: string[] = []
  const work = async (name: string) => {
    await takeTurn()
    order.push(name)
    setImmediate(() => order.push(`turn after ${name}`))
  }
  await Promise.all([work('first'), work('second'), work('third')])
  expect(order.filter((entry) => !entry.startsWith('turn'))).toEqual(['first', 'second', 'third'])
  expect(order.indexOf('turn after first')).toBeLessThan(order.indexOf('third'))
})

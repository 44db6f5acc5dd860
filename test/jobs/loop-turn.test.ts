import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createTurns } from '../../src/jobs/loop-turn.ts'

it('lets the event loop turn between two callers, and keeps their order', async () => {
  const { take } = createTurns(() => 0)
  const order: string[] = []
  const work = async (name: string) => {
    await take()
    order.push(name)
    setImmediate(() => order.push(`turn after ${name}`))
  }
  await Promise.all([work('first'), work('second'), work('third')])
  expect(order.filter((entry) => !entry.startsWith('turn'))).toEqual(['first', 'second', 'third'])
  expect(order.indexOf('turn after first')).toBeLessThan(order.indexOf('third'))
})

it('takes steps for half as long as the loop is late', async () => {
  const clock = { ms: 0 }
  const { take } = createTurns(() => clock.ms)
  const done: number[] = []
  const work = async (i: number) => {
    await take()
    clock.ms += 20
    done.push(i)
  }
  const all = [1, 2, 3, 4, 5].map(work)
  clock.ms = 100
  await nextTurn()
  expect(done).toEqual([1, 2, 3])
  await Promise.all(all)
  expect(done).toEqual([1, 2, 3, 4, 5])
})

describe('steps that let others go first', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    return () => vi.useRealTimers()
  })

  const MANY_TURNS = 150

  const turnOver = async (turns = MANY_TURNS): Promise<void> => {
    for (let i = 0; i < turns; i++) await nextTurn()
  }

  /** Lets milliseconds pass, and the loop turn in each. */
  const pass = async (ms: number): Promise<void> => {
    for (let i = 0; i < ms; i++) {
      vi.advanceTimersByTime(1)
      await turnOver(3)
    }
    await turnOver()
  }

  const setUp = () => {
    const { wait } = createTurns(() => Date.now())
    const done: string[] = []
    const ask = (name: string, { isDeferred = false } = {}): void => {
      const { turn, defer } = wait()
      void turn.then(() => done.push(name))
      if (isDeferred) defer()
    }
    const askMany = (names: string[], options = {}): void => {
      for (const name of names) ask(name, options)
    }
    return { ask, askMany, done }
  }
  const DEFERRED = { isDeferred: true }

  it('come after those that asked later', async () => {
    const { ask, askMany, done } = setUp()
    ask('refused', DEFERRED)
    askMany(['taken 1', 'taken 2'])
    await turnOver()
    expect(done).toEqual(['taken 1', 'taken 2', 'refused'])
  })

  it('take one of four turns while others keep coming', async () => {
    const { ask, askMany, done } = setUp()
    ask('refused', DEFERRED)
    askMany(['1', '2', '3', '4', '5', '6'])
    await turnOver()
    expect(done).toEqual(['1', '2', '3', 'refused', '4', '5', '6'])
  })

  it('keep a pace, however idle the loop is', async () => {
    const { askMany, done } = setUp()
    askMany(['first', 'second', 'third'], DEFERRED)
    await turnOver()
    expect(done).toEqual(['first'])
    await pass(9)
    expect(done).toEqual(['first'])
    await pass(1)
    expect(done).toEqual(['first', 'second'])
    await pass(10)
    expect(done).toEqual(['first', 'second', 'third'])
  })

  it('wait no longer than 150 ms for it', async () => {
    const { askMany, done } = setUp()
    askMany(
      Array.from({ length: 100 }, (_, i) => `prompt ${i}`),
      DEFERRED,
    )
    await pass(149)
    expect(done).toHaveLength(15)
    await pass(1)
    expect(done).toHaveLength(100)
  })

  it('leave the turns of those behind them as they were', async () => {
    const { ask, done } = setUp()
    ask('refused 1', DEFERRED)
    await pass(1)
    ask('refused 2', DEFERRED)
    ask('taken')
    await pass(1)
    expect(done).toEqual(['refused 1', 'taken'])
  })
})

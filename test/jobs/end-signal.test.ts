import { describe, expect, it } from 'vitest'
import { createEndController, sleepUnder } from '../../src/jobs/end-signal.ts'

describe('an end signal', () => {
  it('tells each listener once, and keeps the first reason', () => {
    const { signal, abort } = createEndController()
    let told = 0
    signal.addEventListener('abort', () => {
      told += 1
    })
    abort('first')
    abort('second')
    expect({ told, aborted: signal.aborted, reason: signal.reason }).toEqual({
      told: 1,
      aborted: true,
      reason: 'first',
    })
    expect(() => signal.throwIfAborted()).toThrow('first')
  })

  it('tells no listener that was taken away', () => {
    const { signal, abort } = createEndController()
    const listener = (): never => {
      throw new Error('told')
    }
    signal.addEventListener('abort', listener)
    signal.removeEventListener('abort', listener)
    abort('over')
    expect(signal.aborted).toBe(true)
  })

  it('tells the listeners that are there when it aborts, also where one takes another away', () => {
    const { signal, abort } = createEndController()
    const told: string[] = []
    const second = (): void => void told.push('second')
    signal.addEventListener('abort', () => {
      told.push('first')
      signal.removeEventListener('abort', second)
    })
    signal.addEventListener('abort', second)
    abort('over')
    expect(told).toEqual(['first', 'second'])
  })
})

describe('a sleep under a signal', () => {
  it('ends with the reason when the work does', async () => {
    const { signal, abort } = createEndController()
    const sleep = sleepUnder(3_600_000, signal)
    abort(new Error('gone'))
    await expect(sleep).rejects.toThrow('gone')
  })

  it('does not begin where the work has ended', async () => {
    await expect(sleepUnder(3_600_000, AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    )
  })

  it('ends by itself', async () => {
    await expect(sleepUnder(0, createEndController().signal)).resolves.toBeUndefined()
  })
})

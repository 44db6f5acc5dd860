import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRepeating } from '../../src/jobs/repeating.ts'

/** Work that ends when `end` is called. */
const slowWork = () => {
  let begun = 0
  let end = (): void => {}
  const work = (): Promise<number> => {
    begun += 1
    const number = begun
    return new Promise((resolve) => {
      end = () => resolve(number)
    })
  }
  return { work, end: () => end(), begun: () => begun }
}

describe('repeated work', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is done once for all who ask while it is under way', async () => {
    const { work, end, begun } = slowWork()
    const { run } = createRepeating(work)
    const both = [run(), run()]
    end()
    expect(await Promise.all(both)).toEqual([1, 1])
    expect(begun()).toBe(1)
  })

  it('is done at intervals, and left out while the run before is under way', async () => {
    const { work, end, begun } = slowWork()
    const repeating = createRepeating(work)
    repeating.start(100)
    await vi.advanceTimersByTimeAsync(250)
    expect(begun()).toBe(1)
    end()
    await vi.advanceTimersByTimeAsync(100)
    expect(begun()).toBe(2)
    end()
    await repeating.stop()
  })

  it('is begun no more once stopped, which waits for the run under way', async () => {
    const { work, end, begun } = slowWork()
    const repeating = createRepeating(work)
    repeating.start(100)
    await vi.advanceTimersByTimeAsync(100)
    let isStopped = false
    const stopped = repeating.stop().then(() => {
      isStopped = true
    })
    await vi.advanceTimersByTimeAsync(500)
    expect([isStopped, begun()]).toEqual([false, 1])
    end()
    await stopped
    expect(isStopped).toBe(true)
  })

  it('goes on after a failure, which is told', async () => {
    const failures: string[] = []
    const repeating = createRepeating(
      () => Promise.reject(new Error('too early')),
      ({ message }) => failures.push(message),
    )
    repeating.start(100)
    await vi.advanceTimersByTimeAsync(250)
    expect(failures).toEqual(['too early', 'too early'])
    await repeating.stop()
    await expect(repeating.run()).rejects.toThrow('too early')
  })
})

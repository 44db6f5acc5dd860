import { describe, expect, it } from 'vitest'
import { createCachedEncoder } from '../../src/encoder/cached.ts'
import type { EmbedOptions, Encoder } from '../../src/encoder/encoder.ts'

/** An encoder whose answers the test gives by hand. */
const createManualEncoder = () => {
  const calls: {
    text: string
    options: EmbedOptions
    answer: (vector: Float32Array) => void
    fail: (error: Error) => void
  }[] = []
  const encoder: Encoder = {
    id: 'manual',
    dimensions: 2,
    searchDimensions: 2,
    embed: (text, options = {}) =>
      new Promise((answer, fail) => {
        calls.push({ text, options, answer, fail })
        options.signal?.addEventListener('abort', () => fail(options.signal?.reason))
      }),
    close: async () => {},
  }
  const callAt = (at: number) => {
    const call = calls[at]
    if (!call) throw new Error(`The encoder was called ${calls.length} times.`)
    return call
  }
  return { encoder, calls, callAt }
}

const vector = (...values: number[]) => Float32Array.from(values)

describe('the cached encoder', () => {
  it('computes a text once and hands out the vector that it keeps', async () => {
    const { encoder, calls, callAt } = createManualEncoder()
    const cached = createCachedEncoder({ encoder, size: 10 })
    const first = cached.embed('a')
    callAt(0).answer(vector(1, 2))
    expect(await first).toEqual(vector(1, 2))
    expect(await cached.embed('a')).toBe(await first)
    expect(calls).toHaveLength(1)
    expect(cached.cacheStats()).toEqual({ hits: 1, misses: 1, shared: 0, entries: 1 })
  })

  it('lets concurrent equal texts share one computation and its vector', async () => {
    const { encoder, calls, callAt } = createManualEncoder()
    const cached = createCachedEncoder({ encoder, size: 10 })
    const both = [cached.embed('a'), cached.embed('a')]
    callAt(0).answer(vector(1, 2))
    const [one, two] = await Promise.all(both)
    expect(one).toBe(two)
    expect(calls).toHaveLength(1)
  })

  it('keeps a shared computation going when one of its callers leaves', async () => {
    const { encoder, callAt } = createManualEncoder()
    const cached = createCachedEncoder({ encoder, size: 10 })
    const leaving = new AbortController()
    const first = cached.embed('a', { signal: leaving.signal })
    const second = cached.embed('a')
    leaving.abort(new Error('left'))
    await expect(first).rejects.toThrow('left')
    expect(callAt(0).options.signal?.aborted).toBe(false)
    callAt(0).answer(vector(1, 2))
    expect(await second).toEqual(vector(1, 2))
  })

  it('aborts the computation when its last caller leaves, and starts afresh for the next', async () => {
    const { encoder, calls, callAt } = createManualEncoder()
    const cached = createCachedEncoder({ encoder, size: 10 })
    const leaving = new AbortController()
    const first = cached.embed('a', { signal: leaving.signal })
    leaving.abort(new Error('left'))
    await expect(first).rejects.toThrow('left')
    expect(callAt(0).options.signal?.aborted).toBe(true)
    const second = cached.embed('a')
    callAt(1).answer(vector(3, 4))
    expect(await second).toEqual(vector(3, 4))
    expect(calls).toHaveLength(2)
  })

  it('does not remember failures', async () => {
    const { encoder, callAt } = createManualEncoder()
    const cached = createCachedEncoder({ encoder, size: 10 })
    const first = cached.embed('a')
    callAt(0).fail(new Error('late'))
    await expect(first).rejects.toThrow('late')
    const second = cached.embed('a')
    callAt(1).answer(vector(1, 2))
    expect(await second).toEqual(vector(1, 2))
  })

  it('does not let a patient caller share an impatient one’s deadline', async () => {
    const { encoder, calls, callAt } = createManualEncoder()
    const cached = createCachedEncoder({ encoder, size: 10 })
    const impatient = cached.embed('a')
    const patient = cached.embed('a', { deadlineMs: 30_000 })
    expect(calls.map((call) => call.options.deadlineMs)).toEqual([undefined, 30_000])
    callAt(0).fail(new Error('late'))
    callAt(1).answer(vector(1, 2))
    await expect(impatient).rejects.toThrow('late')
    expect(await patient).toEqual(vector(1, 2))
  })

  it('forgets the least recently used beyond its size, and keeps nothing at size 0', async () => {
    const { encoder, calls } = createManualEncoder()
    const ask = async (cached: Encoder, text: string) => {
      const before = calls.length
      const answer = cached.embed(text)
      calls[before]?.answer(vector(1, 0))
      await answer
      return calls.length > before
    }
    const small = createCachedEncoder({ encoder, size: 1 })
    expect([await ask(small, 'a'), await ask(small, 'b'), await ask(small, 'a')]).toEqual([
      true,
      true,
      true,
    ])
    const none = createCachedEncoder({ encoder, size: 0 })
    expect([await ask(none, 'a'), await ask(none, 'a')]).toEqual([true, true])
  })
})

import { describe, expect, it } from 'vitest'
import type { Classification, RoutingText } from '../../src/core/types.ts'
import type { Classified } from '../../src/routing/classify.ts'
import { createRememberedClassify } from '../../src/routing/remembered-classify.ts'
import { createStopwatch } from '../../src/routing/stopwatch.ts'
import type { Generation } from '../../src/vector-index/generation.ts'

const classification = { confidence: 0.9 } as Classification
const textOf = (text: string): RoutingText => ({
  text,
  digest: text,
  isTruncated: false,
  hasSignal: true,
  flags: [],
})

const createSubject = (size = 10) => {
  const asked: string[] = []
  const state = { generation: { number: 1 } as Generation, degradedBy: null as string | null }
  const subject = createRememberedClassify({
    size,
    generation: () => state.generation,
    classify: async ({ text }, _stopwatch, _signal, options): Promise<Classified> => {
      asked.push(text)
      const { degradedBy } = state
      const generation = options?.asked ?? state.generation
      const isWhole = degradedBy === null
      return {
        classification: isWhole ? classification : null,
        embedding: null,
        generation: isWhole ? generation : null,
        degradedBy,
      }
    },
  })
  const run = (text: string, asked: Generation | null = null) =>
    subject(textOf(text), createStopwatch(), undefined, { asked })
  return { run, asked, state }
}

describe('remembered classifications', () => {
  it('answer a text that was classified before with the same result', async () => {
    const { run, asked } = createSubject()
    const first = await run('fix my loop')
    expect(await run('fix my loop')).toEqual(first)
    await run('make tea')
    expect(asked).toEqual(['fix my loop', 'make tea'])
  })

  it('are forgotten when another generation serves', async () => {
    const { run, asked, state } = createSubject()
    await run('fix my loop')
    state.generation = { number: 2 } as Generation
    const { generation } = await run('fix my loop')
    expect(generation?.number).toBe(2)
    expect(asked).toHaveLength(2)
  })

  it('are kept of two generations at once, each of its own', async () => {
    const { run, asked } = createSubject()
    const canary = { number: 2 } as Generation
    for (let i = 0; i < 3; i++) {
      expect((await run('fix my loop')).generation?.number).toBe(1)
      expect((await run('fix my loop', canary)).generation).toBe(canary)
    }
    expect(asked).toHaveLength(2)
  })

  it('never hold a degraded result', async () => {
    const { run, asked, state } = createSubject()
    state.degradedBy = 'encoder_timeout'
    await run('fix my loop')
    state.degradedBy = null
    expect((await run('fix my loop')).degradedBy).toBeNull()
    expect(asked).toHaveLength(2)
  })

  it('are bounded in number, and none are kept where the size is 0', async () => {
    const small = createSubject(1)
    for (const text of ['a', 'b', 'a']) await small.run(text)
    expect(small.asked).toEqual(['a', 'b', 'a'])
    const none = createSubject(0)
    for (const text of ['a', 'a']) await none.run(text)
    expect(none.asked).toEqual(['a', 'a'])
  })
})

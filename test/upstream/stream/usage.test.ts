// Counting where the provider does not: near the truth on text, bounded on anything.
import { describe, expect, it } from 'vitest'
import {
  createTextSample,
  estimateUsage,
  readUsage,
  withCost,
} from '../../../src/upstream/stream/usage.ts'

const sampleOf = (text: string) => {
  const sample = createTextSample()
  sample.add(text)
  return sample
}

describe('estimateUsage', () => {
  it('counts as the tokenizer does, whatever the form of the content', async () => {
    const messages = [
      { role: 'system', content: 'You are terse.' },
      { role: 'user', content: [{ type: 'text', text: 'Hello world' }, { type: 'image_url' }] },
      { role: 'assistant', content: null },
      'not a message',
    ]
    expect(await estimateUsage({ messages }, sampleOf('Hello world'))).toEqual({
      promptTokens: 6, // You| are| terse|. and Hello| world
      completionTokens: 2,
      isEstimated: true,
    })
  })

  it('takes special tokens in a prompt as text', async () => {
    const { promptTokens } = await estimateUsage(
      { messages: [{ content: '<|endoftext|>' }] },
      sampleOf(''),
    )
    expect(promptTokens).toBeGreaterThan(1)
  })

  it('scales the count of a sample for a text of any length', async () => {
    const sentence = 'The quick brown fox jumps over the lazy dog. '
    const { completionTokens } = await estimateUsage(
      { messages: [] },
      sampleOf(sentence.repeat(20_000)),
    )
    expect(completionTokens / 200_000).toBeGreaterThan(0.95)
    expect(completionTokens / 200_000).toBeLessThan(1.1)
  })

  it('keeps only the sample of what it counts', () => {
    const sample = createTextSample()
    for (let i = 0; i < 100; i += 1) sample.add('x'.repeat(1_000))
    expect(sample.chars).toBe(100_000)
    expect(sample.text).toHaveLength(32_768)
  })
})

describe('readUsage', () => {
  it.each([
    [
      { prompt_tokens: 1, completion_tokens: 2 },
      { promptTokens: 1, completionTokens: 2, isEstimated: false },
    ],
    [{ prompt_tokens: 1 }, { promptTokens: 1, completionTokens: 0, isEstimated: false }],
    [{ prompt_tokens: -1, completion_tokens: 2 }, null],
    [{ prompt_tokens: '1', completion_tokens: 2 }, null],
    [{}, null],
    [null, null],
    [undefined, null],
  ])('of %j is %j', (usage, expected) => {
    expect(readUsage(usage)).toEqual(expected)
  })
})

describe('withCost', () => {
  const unknown = { input: null, output: null }
  it('prefers our price, then the provider’s own figure, then null', () => {
    const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, cost: 9 }
    expect(withCost({ usage }, { input: 3, output: 3 })).toEqual({ usage: { ...usage, cost: 3 } })
    expect(withCost({ usage }, unknown)).toEqual({ usage })
    const { cost: _cost, ...bare } = usage
    expect(withCost({ usage: bare }, unknown)).toEqual({ usage: { ...bare, cost: null } })
  })

  it('adds nothing where there is no usage', () => {
    expect(withCost({ id: 'x' }, { input: 3, output: 3 })).toEqual({ id: 'x' })
  })
})

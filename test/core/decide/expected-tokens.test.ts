import { describe, expect, it } from 'vitest'
import { createExpectedTokens, embeddedTokens } from '../../../src/core/decide/expected-tokens.ts'

const open = { maxOutputTokens: null, contextWindow: null }
const expecting = (fields: object, model = open, messages: unknown[] = []) =>
  createExpectedTokens({ messages, ...fields }, { defaultOutputTokens: 500 })(model)
const answerOf = (fields: object, model = open) => {
  const { least, most } = expecting(fields, model)
  return [least.completionTokens, most.completionTokens]
}

describe('the tokens of an answer', () => {
  it.each<[string, object, Partial<typeof open>, number[]]>([
    ['are those the request allows', { max_tokens: 7 }, {}, [7, 7]],
    [
      'are at most those the model gives',
      { max_tokens: 70 },
      { maxOutputTokens: 9 } as never,
      [9, 9],
    ],
    ['are the larger of two limits', { max_tokens: 90, max_completion_tokens: 1 }, {}, [90, 90]],
    ['are a guess where nothing limits them', {}, {}, [0, 500]],
    [
      'are what the model gives where the request is silent',
      {},
      { maxOutputTokens: 64 } as never,
      [0, 64],
    ],
    ['are not what a negative limit says', { max_tokens: -1e9 }, {}, [0, 500]],
    ['are not what a text says', { max_tokens: '1' }, {}, [0, 500]],
    ['are counted for each answer', { max_tokens: 7, n: 3 }, {}, [21, 21]],
    ['are counted once for a wrong number of answers', { max_tokens: 7, n: -3 }, {}, [7, 7]],
    ['fit into the context window', {}, { contextWindow: 300 } as never, [0, 300]],
  ])('%s', (_what, fields, model, expected) => {
    expect(answerOf(fields, { ...open, ...model })).toEqual(expected)
  })
})

describe('the tokens of a prompt', () => {
  const part = (type: string, chars: number) => [
    { role: 'user', content: [{ type, [type]: { data: 'A'.repeat(chars) } }] },
  ]
  const promptOf = (messages: unknown[], contextWindow: number | null = null) => {
    const { least, most } = expecting({}, { ...open, contextWindow } as never, messages)
    return [least.promptTokens, most.promptTokens]
  }

  it('hold more for media than is certain', () => {
    const [least = 0, most = 0] = promptOf(part('image_url', 9))
    expect([least, most]).toEqual([304, 1_604])
    expect(promptOf(part('file', 100_000))[1]).toBe(4 + 50_002)
    expect(promptOf(part('input_audio', 128_000))[1]).toBe(4 + 1_001)
    expect(promptOf(part('file', 40))[1]).toBe(10_004)
  })

  it('are never more than the context window, unless its text is', () => {
    expect(promptOf(part('file', 100_000), 8_000)).toEqual([4, 8_000])
    const long = [{ role: 'user', content: 'word '.repeat(7_000) }]
    expect(promptOf(long, 8_000)).toEqual([10_005, 10_005])
  })
})

describe('the tokens of texts to embed', () => {
  it.each([
    ['a text', 'hello world', 4],
    ['texts', ['hello world', 'hello world'], 8],
    ['a list of tokens', [1, 2, 3], 3],
    ['lists of tokens', [[1, 2], [3]], 3],
    ['anything else', { a: 1 }, 0],
    ['something nested deeper', [[[[1]]]], 0],
  ])('are counted for %s', (_what, input, tokens) => {
    expect(embeddedTokens(input)).toBe(tokens)
  })
})

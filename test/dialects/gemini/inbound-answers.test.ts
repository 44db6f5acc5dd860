// OpenAI chat's answers → Gemini's, whole and as events.
import { describe, expect, it } from 'vitest'
import { toGenerateContent } from '../../../src/dialects/gemini/inbound-reply.ts'
import { createGeminiWriter } from '../../../src/dialects/gemini/inbound-stream.ts'

const head = { id: 'chatcmpl-7', model: 'gpt-x' }
const usage = {
  prompt_tokens: 10,
  completion_tokens: 8,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 3 },
  cost: 0.5,
}
const usageMetadata = {
  promptTokenCount: 10,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 3,
  cachedContentTokenCount: 4,
  totalTokenCount: 18,
  cost: 0.5,
}
const call = (index: number, written: string) => ({
  index,
  id: `c${index}`,
  type: 'function',
  function: { name: 'look', arguments: written },
  extra_content: { google: { thought_signature: 'sig' } },
})
const completion = (message: object, finish_reason: string) => ({
  ...head,
  usage,
  choices: [{ index: 0, message, finish_reason }],
})

describe('a whole answer', () => {
  it('has thoughts where they are wanted, text, calls with ids and signatures, and usage', () => {
    const message = {
      content: 'Looking.',
      reasoning_content: 'Hm.',
      tool_calls: [call(0, '{"n":1}')],
    }
    const parts = [
      { text: 'Looking.' },
      { functionCall: { id: 'c0', name: 'look', args: { n: 1 } }, thoughtSignature: 'sig' },
    ]
    const told = toGenerateContent(completion(message, 'tool_calls'), false)
    expect(told).toEqual({
      candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
      usageMetadata,
      modelVersion: 'gpt-x',
      responseId: '7',
    })
    const { candidates } = toGenerateContent(completion(message, 'tool_calls'), true)
    expect(candidates).toMatchObject([
      { content: { parts: [{ text: 'Hm.', thought: true }, ...parts] } },
    ])
  })

  it.each([
    ['length', {}, 'MAX_TOKENS'],
    ['content_filter', {}, 'SAFETY'],
    ['stop', { refusal: 'No.' }, 'SAFETY'],
    ['stop', {}, 'STOP'],
  ])('that ended by %s with %j says %s', (finish, more, finishReason) => {
    const { candidates } = toGenerateContent(completion({ content: 'a', ...more }, finish), false)
    expect(candidates).toMatchObject([{ finishReason }])
  })

  it('with broken arguments of a call is an error of the provider, unless it was cut', () => {
    const broken = { tool_calls: [call(0, '{"n":')] }
    expect(() => toGenerateContent(completion(broken, 'tool_calls'), false)).toThrow(
      expect.objectContaining({ code: 'upstream_invalid' }),
    )
    expect(toGenerateContent(completion(broken, 'length'), false).candidates).toMatchObject([
      { content: { parts: [{ functionCall: { args: {} } }] } },
    ])
  })
})

describe('a stream', () => {
  const write = (chunks: unknown[], wantsThoughts = false) => {
    const writer = createGeminiWriter(wantsThoughts)
    const text = chunks
      .map((chunk) => writer.event(typeof chunk === 'string' ? chunk : JSON.stringify(chunk)))
      .join('')
    const events = text.split('\r\n\r\n').filter((event) => event !== '')
    return { writer, events: events.map((event) => JSON.parse(event.replace(/^data: /, ''))) }
  }
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason }],
  })

  it('tells text as it comes, and calls, end and usage once it is whole', () => {
    const { events, writer } = write([
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'Hm.' }),
      chunk({ content: 'Loo' }),
      chunk({ content: 'king.' }),
      chunk({ tool_calls: [call(0, '{"n"')] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      chunk({}, 'tool_calls'),
      { ...head, choices: [], usage },
      '[DONE]',
    ])
    const identity = { modelVersion: 'gpt-x', responseId: '7' }
    const said = (text: string) => ({
      candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }],
      ...identity,
    })
    const functionCall = { id: 'c0', name: 'look', args: { n: 1 } }
    expect(events).toEqual([
      said('Loo'),
      said('king.'),
      {
        candidates: [
          {
            content: { role: 'model', parts: [{ functionCall, thoughtSignature: 'sig' }] },
            finishReason: 'STOP',
            index: 0,
          },
        ],
        usageMetadata,
        ...identity,
      },
    ])
    expect(writer.isOver).toBe(true)
  })

  it('tells thoughts where they are wanted', () => {
    const { events } = write([chunk({ reasoning_content: 'Hm.' })], true)
    expect(events).toMatchObject([
      { candidates: [{ content: { parts: [{ text: 'Hm.', thought: true }] } }] },
    ])
  })

  it('that breaks off ends in an error as Google writes it, and with no finishReason', () => {
    const { events, writer } = write([
      chunk({ content: 'a' }),
      { error: { message: 'gone', code: 'upstream_interrupted' } },
    ])
    expect(events[1]).toMatchObject({
      error: { code: 503, status: 'UNAVAILABLE', details: [{ reason: 'UPSTREAM_INTERRUPTED' }] },
    })
    expect(JSON.stringify(events)).not.toContain('finishReason')
    expect(writer.isOver).toBe(true)
    expect(write([]).writer.cut('It broke off.')).toMatch(/^data: \{"error":\{"code":503/)
  })
})

// OpenAI chat → Anthropic's Messages API.

import { describe, expect, it } from 'vitest'
import { toMessagesBody } from '../../../src/dialects/anthropic/outbound-request.ts'
import { ANTHROPIC_IDS, fitId } from '../../../src/dialects/chat/tool-ids.ts'
import { RouterError } from '../../../src/errors.ts'
import { requestOf } from '../../upstream/harness.ts'

const translated = (body: Record<string, unknown>) => toMessagesBody(requestOf('claude-x', body))

const refusedField = (body: Record<string, unknown>): string | null => {
  try {
    translated(body)
    throw new Error('expected a refusal')
  } catch (error) {
    if (!(error instanceof RouterError)) throw error
    expect(error).toMatchObject({ code: 'invalid_request', isRetryable: false })
    expect(error.message).toContain(String(error.param))
    return error.param
  }
}

/** An id of another provider, `a.1`, as Anthropic takes it. */
const FITTED = fitId('a.1', ANTHROPIC_IDS)

describe('a chat body', () => {
  it('has the model’s name there and a limit, which Anthropic must be told', () => {
    expect(translated({})).toEqual({
      model: 'claude-x',
      max_tokens: 4_096,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello there' }] }],
    })
  })

  it.each([
    [{ max_tokens: 7 }, 7],
    [{ max_completion_tokens: 8, max_tokens: 7 }, 8],
    [{ max_tokens: null }, 4_096],
  ])('takes its limit from %j', (body, expected) => {
    expect(translated(body).max_tokens).toBe(expected)
  })

  it('takes its limit from the model where the caller gives none', () => {
    const request = requestOf('claude-x')
    request.target.maxOutputTokens = 64_000
    expect(toMessagesBody(request).max_tokens).toBe(64_000)
  })

  it('tells each field in Anthropic’s words', () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    expect(
      translated({
        stop: ['END'],
        temperature: 0.5,
        top_p: 0.9,
        top_k: 4,
        user: 'u-1',
        stream: true,
        stream_options: { include_usage: true },
        reasoning_effort: 'low',
        response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } },
        store: false,
        metadata: { session_id: 's' },
        n: 1,
        seed: null,
        presence_penalty: 0,
        models: ['other'],
      }),
    ).toMatchObject({
      stop_sequences: ['END'],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 4,
      metadata: { user_id: 'u-1' },
      stream: true,
      output_config: { effort: 'low', format: { type: 'json_schema', schema } },
    })
    const sent = translated({ store: false, n: 1, models: ['other'], stream_options: {} })
    expect(Object.keys(sent).sort()).toEqual(['max_tokens', 'messages', 'model'])
  })

  it.each<[string, Record<string, unknown>]>([
    ['n', { n: 2 }],
    ['seed', { seed: 7 }],
    ['logprobs', { logprobs: true }],
    ['logit_bias', { logit_bias: { 50256: -100 } }],
    ['presence_penalty', { presence_penalty: 0.5 }],
    ['frequency_penalty', { frequency_penalty: -1 }],
    ['audio', { audio: { voice: 'alloy' } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['response_format.type', { response_format: { type: 'grammar' } }],
    ['tools[0].type', { tools: [{ type: 'web_search' }] }],
    ['tool_choice', { tools: [], tool_choice: { type: 'allowed_tools' } }],
  ])('is refused for %s by its name', (field, body) => {
    expect(refusedField(body)).toBe(field)
  })

  it.each<[string, unknown]>([
    ['messages[0].content[0].input_audio', { role: 'user', content: [{ type: 'input_audio' }] }],
    ['messages[0].name', { role: 'user', name: 'Ann', content: 'x' }],
    [
      'messages[0].content[0].file.file_id',
      { role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] },
    ],
    [
      'messages[0].tool_calls[0].function.arguments',
      { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a"' } }] },
    ],
  ])('is refused for %s by its path', (field, message) => {
    expect(refusedField({ messages: [message] })).toBe(field)
  })
})

describe('a conversation', () => {
  it('has its system and developer messages as the system prompt', () => {
    const { system, messages } = translated({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'developer',
          content: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
        },
        { role: 'user', content: 'Hi' },
      ],
    })
    expect(system).toEqual([
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } },
    ])
    expect(messages).toHaveLength(1)
  })

  it('groups tool results into one user turn, in front of what the user says', () => {
    const call = (id: string) => ({
      id,
      type: 'function',
      function: { name: 'f', arguments: '{"a":1}' },
    })
    const { messages } = translated({
      messages: [
        { role: 'user', content: 'Go' },
        { role: 'assistant', content: null, tool_calls: [call('a.1'), call('b')] },
        { role: 'tool', tool_call_id: 'a.1', content: 'one' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
        { role: 'user', content: 'And now?' },
      ],
    })
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Go' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: FITTED, name: 'f', input: { a: 1 } },
          { type: 'tool_use', id: 'b', name: 'f', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: FITTED, content: [{ type: 'text', text: 'one' }] },
          { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'two' }] },
          { type: 'text', text: 'And now?' },
        ],
      },
    ])
  })

  it('shows images by URL and inline, and PDFs', () => {
    const { messages } = translated({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'https://example.test/a.png', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
            {
              type: 'file',
              file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,UERG' },
            },
          ],
        },
      ],
    }) as { messages: { content: unknown }[] }
    expect(messages[0]?.content).toEqual([
      { type: 'image', source: { type: 'url', url: 'https://example.test/a.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'UERG' },
        title: 'a.pdf',
      },
    ])
  })
})

describe('tools', () => {
  const tool = {
    type: 'function',
    function: { name: 'f', description: 'd', parameters: { type: 'object' } },
  }

  it.each<[unknown, boolean | undefined, unknown]>([
    [undefined, undefined, undefined],
    ['auto', undefined, { type: 'auto' }],
    ['required', undefined, { type: 'any' }],
    ['none', false, { type: 'none' }],
    [{ type: 'function', function: { name: 'f' } }, undefined, { type: 'tool', name: 'f' }],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
  ])('with tool_choice %j and parallel calls %j', (choice, parallel, expected) => {
    const body = translated({ tools: [tool], tool_choice: choice, parallel_tool_calls: parallel })
    const schema = { type: 'object', properties: {} }
    expect(body.tools).toEqual([{ name: 'f', description: 'd', input_schema: schema }])
    expect(body.tool_choice).toEqual(expected)
  })

  it('without parameters take none', () => {
    const { tools } = translated({ tools: [{ type: 'function', function: { name: 'f' } }] })
    expect(tools).toEqual([{ name: 'f', input_schema: { type: 'object', properties: {} } }])
  })
})

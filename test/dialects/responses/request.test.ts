import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/dialects/json.ts'
import { createKeptItems } from '../../../src/dialects/responses/kept-items.ts'
import { toChatRequest } from '../../../src/dialects/responses/request.ts'
import { responsesRequestSchema } from '../../../src/dialects/responses/schema.ts'
import { validate } from '../../../src/http/request/validate.ts'

const kept = createKeptItems()
kept.keep({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Said before.', annotations: [] }],
})
kept.keep({ id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] })

const translateWhole = (body: JsonObject) => {
  const whole = { model: 'auto', ...body }
  return toChatRequest(whole, validate(responsesRequestSchema, whole), kept.recall)
}
const translate = (body: JsonObject) => translateWhole(body).body
const messagesOf = (input: unknown) => translate({ input }).messages
const refusalOf = (body: JsonObject): unknown => {
  try {
    translate({ input: 'hello', ...body })
  } catch (error) {
    return error
  }
  return null
}

const call = (id: string, name = 'get_weather') => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: '{}',
  id: `fc_${id}`,
  status: 'completed',
})
const chatCall = (id: string, name = 'get_weather') => ({
  id,
  type: 'function',
  function: { name, arguments: '{}' },
})
const result = (id: string, output: unknown = 'sunny') => ({
  type: 'function_call_output',
  call_id: id,
  output,
})

describe('the input', () => {
  it('becomes one user message where it is a text', () => {
    expect(messagesOf('hello')).toEqual([{ role: 'user', content: 'hello' }])
  })

  it('keeps roles and texts, and parts where there is more than text', () => {
    const messages = messagesOf([
      { role: 'developer', content: 'Be brief.' },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is this?' },
          { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'low' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AA==', filename: 'a.pdf' },
        ],
      },
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_9',
        status: 'completed',
        content: [{ type: 'output_text', text: 'A dot.', annotations: [], logprobs: [] }],
      },
      { role: 'user', content: [{ type: 'input_text', text: 'And now?' }] },
    ])
    expect(messages).toEqual([
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
          {
            type: 'file',
            file: {
              file_data: 'data:application/pdf;base64,AA==',
              filename: 'a.pdf',
            },
          },
        ],
      },
      { role: 'assistant', content: 'A dot.' },
      { role: 'user', content: 'And now?' },
    ])
  })

  it('puts parallel calls, and the text before or behind them, into one assistant message', () => {
    const asked = { role: 'user', content: 'Weather?' }
    const said = { role: 'assistant', content: 'Let me look.' }
    const results = [result('a'), result('b')]
    const whole = {
      role: 'assistant',
      content: 'Let me look.',
      tool_calls: [chatCall('a'), chatCall('b')],
    }
    const told = ['a', 'b'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'sunny' }))
    for (const turn of [
      [said, call('a'), call('b')],
      [call('a'), call('b'), said],
      [call('a'), said, call('b')],
    ]) {
      expect(messagesOf([asked, ...turn, ...results])).toEqual([asked, whole, ...told])
    }
  })

  it('keeps the calls of two rounds apart', () => {
    const roles = messagesOf([call('a'), result('a'), call('b'), result('b')])
    expect(roles.map((message) => (message as JsonObject).role)).toEqual([
      'assistant',
      'tool',
      'assistant',
      'tool',
    ])
  })

  it('reads results in parts', () => {
    const [, told] = messagesOf([call('a'), result('a', [{ type: 'input_text', text: 'rain' }])])
    expect(told).toEqual({ role: 'tool', tool_call_id: 'a', content: 'rain' })
  })

  it('finds the items that were given out before, with the reasoning before them', () => {
    const messages = messagesOf([
      { type: 'item_reference', id: 'rs_1' },
      { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'x' },
      { type: 'item_reference', id: 'msg_1' },
      { role: 'user', content: 'Go on.' },
    ])
    expect(messages).toEqual([
      { role: 'assistant', content: 'Said before.', reasoning_content: 'Hm.' },
      { role: 'user', content: 'Go on.' },
    ])
  })
})

describe('the fields', () => {
  it('get their chat names', () => {
    const schema = { type: 'object', properties: {} }
    const { messages, ...fields } = translate({
      input: 'hello',
      instructions: 'Be brief.',
      max_output_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      parallel_tool_calls: false,
      reasoning: { effort: 'low', summary: 'auto' },
      text: {
        verbosity: 'low',
        format: { type: 'json_schema', name: 'out', schema, strict: true },
      },
      tools: [{ type: 'function', name: 'f', description: 'd', parameters: schema, strict: false }],
      tool_choice: { type: 'function', name: 'f' },
      metadata: { ticket: '42' },
      user: 'u',
      store: true,
      truncation: 'disabled',
      include: ['reasoning.encrypted_content'],
      stream: true,
      top_k: 20,
    })
    expect(messages[0]).toEqual({ role: 'system', content: 'Be brief.' })
    expect(fields).toEqual({
      model: 'auto',
      max_completion_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      parallel_tool_calls: false,
      reasoning_effort: 'low',
      verbosity: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'out', schema, strict: true } },
      tools: [
        {
          type: 'function',
          function: { name: 'f', description: 'd', parameters: schema, strict: false },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      metadata: { ticket: '42' },
      user: 'u',
      stream: true,
      stream_options: { include_usage: true },
      top_k: 20,
    })
  })

  it('are left out where they are null, and parallel_tool_calls where there are no tools', () => {
    const body = translate({
      input: 'hello',
      temperature: null,
      tools: [],
      parallel_tool_calls: true,
      previous_response_id: null,
      background: false,
      text: { format: { type: 'text' } },
    })
    expect(Object.keys(body).sort()).toEqual(['messages', 'model'])
  })

  it.each([
    [{ text: { format: { type: 'json_object' } } }, { response_format: { type: 'json_object' } }],
    [
      { include: ['message.output_text.logprobs'], top_logprobs: 2 },
      { logprobs: true, top_logprobs: 2 },
    ],
    [{ tool_choice: 'required' }, { tool_choice: 'required' }],
    [
      {
        tool_choice: {
          type: 'allowed_tools',
          mode: 'auto',
          tools: [{ type: 'function', name: 'f' }],
        },
      },
      {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: {
            mode: 'auto',
            tools: [{ type: 'function', function: { name: 'f' } }],
          },
        },
      },
    ],
  ])('%j is asked as %j', (given, expected) => {
    expect(translate({ input: 'hello', ...given })).toMatchObject(expected)
  })
})

const message = (part: object) => ({ input: [{ role: 'user', content: [part] }] })

describe('what is not of the documented form is refused by name:', () => {
  it.each<[string, JsonObject]>([
    ['background', { background: true }],
    ['tools[0].name', { tools: [{ type: 'function' }] }],
    ['tools[0].tools', { tools: [{ type: 'namespace', name: 'n' }] }],
    [
      'tools[0].tools[0].type',
      { tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'namespace', name: 'm' }] }] },
    ],
    ['tool_choice', { tool_choice: 'sometimes' }],
    ['text.format.type', { text: { format: { type: 'grammar' } } }],
    ['text.format.schema', { text: { format: { type: 'json_schema', name: 'x' } } }],
    ['max_output_tokens', { max_output_tokens: 0 }],
    ['input', { input: 7 }],
    ['input', { input: [] }],
    ['input[0]', { input: ['hello'] }],
    ['input[0].role', { input: [{ role: 'tool', content: 'x' }] }],
    ['input[0].content[0].text', message({ type: 'input_text', text: 7 })],
    ['input[0].call_id', { input: [{ type: 'function_call_output', output: 'x' }] }],
    ['input[0].call_id', { input: [{ type: 'computer_call_output', output: {} }] }],
    ['input[0].input', { input: [{ type: 'custom_tool_call', call_id: 'c', name: 'f' }] }],
    ['input[0].arguments', { input: [{ ...call('a'), arguments: { city: 'Lisbon' } }] }],
  ])('%s', (param, body) => {
    expect(refusalOf(body)).toMatchObject({ code: 'invalid_request', param })
  })
})

describe('what chat cannot do is for providers of this dialect alone:', () => {
  it.each<[string, JsonObject]>([
    ['conversation', { conversation: { id: 'conv_1' } }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['context_management', { context_management: [{ type: 'compaction' }] }],
    ['truncation', { truncation: 'auto' }],
    ['tool_choice.type (file_search)', { tool_choice: { type: 'file_search' } }],
    ['tool_choice', { tool_choice: 'required', tools: [{ type: 'web_search' }] }],
    [
      'tool_choice.type (mcp)',
      {
        tools: [{ type: 'mcp', server_label: 'x' }],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'mcp' }] },
      },
    ],
    ['tools[0].type', { tools: [{ type: 'secret words of the caller' }] }],
    [
      'input[1].type',
      {
        input: [
          { role: 'user', content: 'x' },
          { type: 'compaction', encrypted_content: 'y' },
        ],
      },
    ],
    ['input[0].content[0].type', message({ type: 'input_video' })],
    ['input[0].content[0].file_id', message({ type: 'input_image', file_id: 'file-1' })],
    ['input[0].content[0].file_url', message({ type: 'input_file', file_url: 'https://x' })],
    [
      'input[0].output[0].type',
      { input: [result('a', [{ type: 'input_audio', input_audio: {} }])] },
    ],
  ])('%s', (path, body) => {
    expect(translateWhole({ input: 'hello', ...body }).untranslatable).toEqual([path])
  })
})

describe('what is left out is named:', () => {
  it.each<[string[], JsonObject]>([
    [['tools.web_search'], { tools: [{ type: 'web_search' }] }],
    [
      ['tools.tool_search', 'tools.defer_loading'],
      {
        tools: [
          { type: 'tool_search', execution: 'client' },
          { type: 'function', name: 'f', defer_loading: true },
        ],
      },
    ],
    [['include'], { include: ['reasoning.encrypted_content', 'file_search_call.results'] }],
    [['reasoning.summary'], { reasoning: { effort: 'low', summary: 'auto' } }],
    [['max_tool_calls'], { max_tool_calls: 3 }],
    [['input.phase'], { input: [{ role: 'assistant', content: 'x', phase: 'commentary' }] }],
    [
      ['input.web_search_call'],
      {
        input: [
          { role: 'user', content: 'x' },
          { type: 'web_search_call', id: 'ws_1' },
        ],
      },
    ],
    [
      ['input.reasoning.encrypted_content'],
      {
        input: [
          { type: 'reasoning', id: 'rs_9', summary: [], encrypted_content: 'gAAAA' },
          { role: 'user', content: 'x' },
        ],
      },
    ],
    [
      ['tools.image_generation', 'tool_choice.tools'],
      {
        tools: [{ type: 'image_generation' }, { type: 'function', name: 'f' }],
        tool_choice: {
          type: 'allowed_tools',
          mode: 'auto',
          tools: [{ type: 'image_generation' }, { type: 'function', name: 'f' }],
        },
      },
    ],
    [[], { tools: [{ type: 'function', name: 'f' }], reasoning: { effort: 'low' } }],
  ])('%j', (names, body) => {
    const { dropped, untranslatable } = translateWhole({ input: 'hello', ...body })
    expect([dropped, untranslatable]).toEqual([names, []])
  })
})

describe('references', () => {
  it('to an item that is not kept are not found', () => {
    expect(refusalOf({ input: [{ type: 'item_reference', id: 'msg_gone' }] })).toMatchObject({
      code: 'not_found',
      param: 'input[0].id',
    })
  })
})

describe('kept items', () => {
  it('are forgotten, the oldest first, where there are too many or too much of them', () => {
    const few = createKeptItems({ items: 2, chars: 1_000, ms: 60_000 })
    for (const id of ['a', 'b', 'c']) few.keep({ id })
    expect([few.recall('a'), few.recall('c')]).toEqual([undefined, { id: 'c' }])
    few.keep({ id: 'large', text: 'x'.repeat(990) })
    expect(few.recall('large')).toBeUndefined() // larger than all there is room for
    few.keep({ id: 'd', text: 'x'.repeat(975) })
    expect([few.recall('c'), few.recall('d')?.id]).toEqual([undefined, 'd'])
  })

  it('are copies', () => {
    const items = createKeptItems()
    const item = { id: 'a', content: ['x'] }
    items.keep(item)
    item.content.push('y')
    expect(items.recall('a')).toEqual({ id: 'a', content: ['x'] })
    expect(items.recall('a')).not.toBe(items.recall('a'))
  })
})

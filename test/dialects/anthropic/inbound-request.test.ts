// Anthropic's messages request → OpenAI chat.
import { describe, expect, it } from 'vitest'
import { fromAnthropic } from '../../../src/dialects/anthropic/inbound-request.ts'

const hello = [{ role: 'user', content: 'Hello' }]
const translate = (fields: Record<string, unknown>) =>
  fromAnthropic({ model: 'auto', max_tokens: 50, messages: hello, ...fields })
const asked = (...content: unknown[]) => translate({ messages: [{ role: 'user', content }] })

describe('the fields', () => {
  it('have their OpenAI names, and nothing is left over', () => {
    const { body, untranslatable } = translate({
      system: 'Be brief.',
      stop_sequences: ['END'],
      temperature: 0.3,
      top_p: 0.8,
      top_k: 5,
      metadata: { user_id: 'u-1' },
      thinking: { type: 'enabled', budget_tokens: 10_000 },
      service_tier: 'auto',
      cache_control: { type: 'ephemeral' },
      stream: true,
      tools: null,
    })
    expect(untranslatable).toEqual([])
    expect(body).toEqual({
      model: 'auto',
      messages: [{ role: 'system', content: 'Be brief.' }, ...hello],
      max_completion_tokens: 50,
      stop: ['END'],
      temperature: 0.3,
      top_p: 0.8,
      top_k: 5,
      user: 'u-1',
      reasoning_effort: 'medium',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it.each([
    [{ thinking: { type: 'disabled' } }, {}],
    [{ thinking: { type: 'adaptive' } }, {}],
    [{ thinking: { type: 'enabled', budget_tokens: 1_024 } }, { reasoning_effort: 'low' }],
    [{ thinking: { type: 'enabled', budget_tokens: 32_000 } }, { reasoning_effort: 'high' }],
    [{ output_config: { effort: 'max' } }, { reasoning_effort: 'xhigh' }],
    [{ stop_sequences: [] }, {}],
    [{ stream: false }, {}],
  ])('%j is %j', (fields, expected) => {
    const { body, untranslatable } = translate(fields)
    expect(untranslatable).toEqual([])
    expect(body).toEqual({ model: 'auto', messages: hello, max_completion_tokens: 50, ...expected })
  })

  it('ask for structured output with a strict schema', () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    const { body } = translate({ output_config: { format: { type: 'json_schema', schema } } })
    expect(body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema, strict: true },
    })
  })

  it.each<[string, unknown]>([
    ['service_tier', 'standard_only'],
    ['speed', 'fast'],
    ['fallbacks', [{ model: 'claude-y' }]],
    ['context_management', { edits: [{ type: 'compact_20260112' }] }],
  ])('note what they are served without: %s', (name, value) => {
    const { untranslatable, dropped } = translate({ [name]: value })
    expect({ untranslatable, dropped }).toEqual({ untranslatable: [], dropped: [name] })
  })

  it.each<[string, Record<string, unknown>]>([
    ['container', { container: 'c-1' }],
    ['mcp_servers', { mcp_servers: [{ type: 'url' }] }],
    ['inference_geo', { inference_geo: 'us' }],
    ['stop_sequences (more than 4)', { stop_sequences: ['a', 'b', 'c', 'd', 'e'] }],
    ['something_new', { something_new: 1 }],
    [
      'tools[0] (web_search_20250305)',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    ],
    ['tools[0].defer_loading', { tools: [{ name: 'f', input_schema: {}, defer_loading: true }] }],
    [
      'system (other than text)',
      { system: [{ type: 'image', source: { type: 'url', url: 'https://x.test' } }] },
    ],
  ])('name %s as what OpenAI’s form lacks', (field, fields) => {
    expect(translate(fields).untranslatable).toEqual([field])
  })
})

describe('content', () => {
  it('of several texts stays parts; images come by URL and inline', () => {
    const { body, untranslatable } = asked(
      { type: 'text', text: 'one', cache_control: { type: 'ephemeral' } },
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
    )
    expect(untranslatable).toEqual([])
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'one', cache_control: { type: 'ephemeral' } },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
        ],
      },
    ])
  })

  it('of a document is a file, or its text under its title', () => {
    const { body, untranslatable } = asked(
      {
        type: 'document',
        title: 'a.pdf',
        source: { type: 'base64', media_type: 'application/pdf', data: 'UERG' },
      },
      {
        type: 'document',
        title: 'Notes',
        source: { type: 'text', media_type: 'text/plain', data: 'Buy milk.' },
      },
    )
    expect(untranslatable).toEqual([])
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          {
            type: 'file',
            file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,UERG' },
          },
          { type: 'text', text: 'Notes' },
          { type: 'text', text: 'Buy milk.' },
        ],
      },
    ])
  })

  it.each<[string, Record<string, unknown>]>([
    ['messages[0].content[1] (search_result)', { type: 'search_result' }],
    ['messages[0].content[1] (container_upload)', { type: 'container_upload', file_id: 'f' }],
    [
      'messages[0].content[1].source (neither base64 nor url)',
      { type: 'image', source: { type: 'file', file_id: 'f' } },
    ],
    [
      'messages[0].content[1].source (a document by reference)',
      { type: 'document', source: { type: 'url', url: 'https://x.test' } },
    ],
    [
      'messages[0].content[1].citations',
      { type: 'document', source: { type: 'text', data: 'x' }, citations: { enabled: true } },
    ],
  ])('names %s by its path', (field, block) => {
    expect(asked({ type: 'text', text: 'Look' }, block).untranslatable).toEqual([field])
  })
})

describe('a tool conversation', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } }
  const { body, prompt, untranslatable } = translate({
    tools: [
      {
        name: 'f',
        description: 'd',
        input_schema: { type: 'object' },
        cache_control: { type: 'ephemeral' },
      },
      { type: 'custom', name: 'g', input_schema: { type: 'object' }, strict: true },
    ],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    messages: [
      { role: 'user', content: 'Go' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 's' },
          { type: 'text', text: 'Calling.' },
          { type: 'tool_use', id: 't1', name: 'f', input: { a: [1, 'ü'] } },
          { type: 'tool_use', id: 't2', name: 'g', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 't1',
            content: [{ type: 'text', text: 'A picture:' }, image],
          },
          { type: 'tool_result', tool_use_id: 't2', content: 'no such file', is_error: true },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ],
  })

  it('is split into calls, one result message each, and what the user says', () => {
    expect(untranslatable).toEqual([])
    expect(body.messages).toEqual([
      { role: 'user', content: 'Go' },
      {
        role: 'assistant',
        content: 'Calling.',
        reasoning_content: 'Hm',
        tool_calls: [
          { id: 't1', type: 'function', function: { name: 'f', arguments: '{"a":[1,"ü"]}' } },
          { id: 't2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 't1', content: 'A picture:' },
      { role: 'tool', tool_call_id: 't2', content: 'Error: no such file' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Attached to the result of t1:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
        ],
      },
      { role: 'user', content: 'What is it?' },
    ])
  })

  it('offers its tools, one call at a time', () => {
    const parameters = { type: 'object', properties: {} }
    expect(body.tools).toEqual([
      {
        type: 'function',
        function: { name: 'f', description: 'd', parameters },
        cache_control: { type: 'ephemeral' },
      },
      { type: 'function', function: { name: 'g', parameters, strict: true } },
    ])
    expect(body.tool_choice).toBe('auto')
    expect(body.parallel_tool_calls).toBe(false)
  })

  it('shows the classifier only what a person wrote', () => {
    expect(prompt.filter(({ role }) => role === 'user')).toEqual([
      { role: 'user', content: 'Go' },
      { role: 'user', content: 'What is it?' },
    ])
  })

  it.each([
    [{ type: 'any' }, 'required'],
    [{ type: 'none' }, 'none'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
  ])('with tool_choice %j', (choice, expected) => {
    const tools = [{ name: 'f', input_schema: { type: 'object' } }]
    expect(translate({ tools, tool_choice: choice }).body.tool_choice).toEqual(expected)
  })
})

// What Gemini is sent for an OpenAI chat body, and what it cannot be asked for: named, never left out.
import { describe, expect, it } from 'vitest'
import type { RouterError } from '../../src/errors.ts'
import { fixture, upstreamAnswering } from './fixtures.ts'
import { requestOf } from './harness.ts'

const answer = () =>
  new Response(fixture('gemini/text.json.txt'), { headers: { 'content-type': 'application/json' } })

/** What is sent for a body; rejects where it is refused. */
const sentFor = async (body: Record<string, unknown>, model = 'gemini-2.5-flash') => {
  const { upstream, sent } = upstreamAnswering('gemini', [answer])
  await upstream.chat(requestOf(model, body))
  const [exchange] = sent
  if (!exchange) throw new Error('nothing was sent')
  return exchange
}

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const call = (id: string, name: string, args: string, extra = {}) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
  ...extra,
})

describe('the call', () => {
  it('goes to the model’s own path with the key in a header', async () => {
    const { url, headers } = await sentFor({})
    expect(url).toBe('https://provider.test/v1/models/gemini-2.5-flash:generateContent')
    expect(headers['x-goog-api-key']).toBe('key-number-one')
    expect(headers).not.toHaveProperty('authorization')
  })

  it.each(['../files', 'a/b', 'a?key=1', 'a#b', 'a@b', 'a\r\nb', 'a%2fb', '..', ''])(
    'is not made for a model name that would leave the path: %j',
    async (name) => {
      const { upstream, sent } = upstreamAnswering('gemini', [answer])
      await expect(upstream.chat(requestOf(name))).rejects.toMatchObject({ code: 'invalid_config' })
      expect(sent).toEqual([])
    },
  )
})

describe('messages', () => {
  it('become contents, with system and developer messages as the instruction', async () => {
    const { body } = await sentFor({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: PNG } },
          ],
        },
        { role: 'assistant', content: 'A cat.' },
        { role: 'developer', content: [{ type: 'text', text: 'In French.' }] },
        { role: 'user', content: 'And this?' },
        { role: 'user', content: 'Well?' },
      ],
    })
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'In French.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'What is it?' },
            { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
          ],
        },
        { role: 'model', parts: [{ text: 'A cat.' }] },
        { role: 'user', parts: [{ text: 'And this?' }, { text: 'Well?' }] },
      ],
    })
  })

  it('with tool calls keep names, arguments and signatures, and answers come together', async () => {
    const signed = { extra_content: { google: { thought_signature: 'c2ln' } } }
    const messages = [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [call('c1', 'weather', '{"city":"Ulm"}', signed), call('c2', 'time', '')],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"celsius":4}' },
      { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'noon' }] },
    ]
    const { body } = await sentFor({ messages })
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ text: 'Weather?' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'weather', args: { city: 'Ulm' } }, thoughtSignature: 'c2ln' },
          { functionCall: { name: 'time', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'weather', response: { celsius: 4 } } },
          { functionResponse: { name: 'time', response: { result: 'noon' } } },
        ],
      },
    ])
  })

  it('with unsigned calls are marked so for Gemini 3, which refuses them otherwise', async () => {
    const messages = [
      { role: 'assistant', tool_calls: [call('c1', 'f', '{}'), call('c2', 'f', '{}')] },
    ]
    const { body } = await sentFor({ messages }, 'gemini-3-pro-preview')
    expect(body.contents).toEqual([
      {
        role: 'model',
        parts: [
          {
            functionCall: { name: 'f', args: {} },
            thoughtSignature: 'skip_thought_signature_validator',
          },
          { functionCall: { name: 'f', args: {} } },
        ],
      },
    ])
  })
})

describe('settings', () => {
  it('become generationConfig', async () => {
    const schema = { type: 'object', properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: {} } }
    const { body } = await sentFor({
      temperature: 0,
      top_p: 0.5,
      max_tokens: 10,
      max_completion_tokens: 20,
      stop: 'END',
      n: 2,
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: null,
      logprobs: true,
      top_logprobs: 3,
      reasoning_effort: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } },
      user: 'u1',
      metadata: { a: 'b' },
    })
    expect(body.generationConfig).toEqual({
      temperature: 0,
      topP: 0.5,
      maxOutputTokens: 20,
      stopSequences: ['END'],
      candidateCount: 2,
      seed: 7,
      presencePenalty: 1,
      responseLogprobs: true,
      logprobs: 3,
      thinkingConfig: { thinkingBudget: 1_024 },
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    })
  })

  it('of tools become declarations with their schemas untouched', async () => {
    const parameters = { type: 'object', properties: { a: { anyOf: [{ type: 'null' }] } } }
    const tools = [{ type: 'function', function: { name: 'f', description: 'd', parameters } }]
    const declared = [
      { functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: parameters }] },
    ]
    const choices: [unknown, unknown][] = [
      ['auto', undefined],
      ['none', { mode: 'NONE' }],
      ['required', { mode: 'ANY' }],
      [
        { type: 'function', function: { name: 'f' } },
        { mode: 'ANY', allowedFunctionNames: ['f'] },
      ],
    ]
    for (const [choice, config] of choices) {
      const { body } = await sentFor({ tools, tool_choice: choice, parallel_tool_calls: true })
      expect(body.tools).toEqual(declared)
      expect(body.toolConfig).toEqual(config && { functionCallingConfig: config })
    }
    const strict = [{ type: 'function', function: { name: 'f', strict: true } }]
    expect((await sentFor({ tools: strict })).body.toolConfig).toEqual({
      functionCallingConfig: { mode: 'VALIDATED' },
    })
  })

  it('of thinking are levels for Gemini 3', async () => {
    const { body } = await sentFor({ reasoning_effort: 'low' }, 'models/gemini-3-flash')
    expect(body.generationConfig).toEqual({ thinkingConfig: { thinkingLevel: 'low' } })
  })
})

const withPart = (part: object) => ({ messages: [{ role: 'user', content: [part] }] })

it.each([
  ['web_search_options', { web_search_options: {} }],
  ['modalities', { modalities: ['text', 'audio'] }],
  ['response_format', { response_format: { type: 'grammar' } }],
  ['reasoning_effort', { reasoning_effort: 'enormous' }],
  ['tools[0]', { tools: [{ type: 'custom', custom: { name: 'f' } }] }],
  [
    'tool_choice',
    { tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: { type: 'custom' } },
  ],
  [
    'messages[0].content[0].image_url',
    withPart({ type: 'image_url', image_url: { url: 'https://example.test/a.png' } }),
  ],
  ['messages[0].content[0].file', withPart({ type: 'file', file: { file_id: 'file-1' } })],
  [
    'messages[0].content[0].input_audio',
    withPart({ type: 'input_audio', input_audio: { data: '', format: 'flac' } }),
  ],
  ['messages[0].content[0]', withPart({ type: 'video_url' })],
  ['messages[0].role', { messages: [{ role: 'critic', content: '1' }] }],
  ['messages[0].tool_call_id', { messages: [{ role: 'tool', tool_call_id: 'c9', content: '1' }] }],
  [
    'messages[0].tool_calls[0].function.arguments',
    { messages: [{ role: 'assistant', tool_calls: [call('c', 'f', '{"a":')] }] },
  ],
])('%s is refused by name, and nothing is sent', async (param, body) => {
  const { upstream, sent } = upstreamAnswering('gemini', [answer])
  const error: RouterError = await upstream.chat(requestOf('gemini-2.5-flash', body)).then(
    () => {
      throw new Error('expected a refusal')
    },
    (thrown: RouterError) => thrown,
  )
  expect(error).toMatchObject({ code: 'invalid_request', param, isRetryable: false })
  expect(error.message).toContain(param)
  expect(sent).toEqual([])
})

// Answers as servers that call themselves OpenAI-compatible give them, told in every dialect: what each client reads.
import { describe, expect, it } from 'vitest'
import {
  askAll,
  calls,
  chunk,
  piece,
  question,
  readChat,
  stream,
  whole,
} from '../../support/answer-forms.ts'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const DEPTH = '{"lake":"Mjøsa"}'
const done = chunk({}, 'tool_calls')

describe('one tool call is one call in every dialect', () => {
  const STREAMS: Record<string, Spec> = {
    'named by a later piece': stream(
      calls(piece(0, 'c1', null, '')),
      calls(piece(0, undefined, 'depth', '{"lake":')),
      calls(piece(0, undefined, undefined, '"Mjøsa"}')),
      done,
    ),
    'with arguments before its name': stream(
      calls(piece(0, 'c1', '', '{"lake":')),
      calls(piece(0, undefined, 'depth', '"Mjøsa"}')),
      done,
    ),
    'with an id that comes last': stream(
      calls(piece(0, '', 'depth', '')),
      calls(piece(0, null, null, '')),
      calls(piece(0, 'c1', undefined, DEPTH)),
      done,
    ),
    'with its name in every piece': stream(
      calls(piece(0, 'c1', 'depth', '{"lake":')),
      calls(piece(0, 'c1', 'depth', '"Mjøsa"}')),
      done,
    ),
    'with another id in every piece': stream(
      calls(piece(0, 'c1', 'depth', '')),
      calls(piece(0, 'c2', 'depth', '{"lake":')),
      calls(piece(0, 'c3', undefined, '"Mjøsa"}')),
      done,
    ),
    'without an index': stream(
      calls(piece(null, 'c1', 'depth', '{"lake":')),
      calls(piece(null, undefined, undefined, '"Mjøsa"}')),
      done,
    ),
    'with an index that grows': stream(
      calls(piece(0, 'c1', 'depth', '{"lake":')),
      calls(piece(1, 'c1', undefined, '"Mjøsa"}')),
      done,
    ),
    'with its arguments as an object': stream(
      calls(piece(0, 'c1', 'depth', { lake: 'Mjøsa' })),
      done,
    ),
    'that ends with `stop`': stream(calls(piece(0, 'c1', 'depth', DEPTH)), chunk({}, 'stop')),
    'in one whole message with `eos`': whole(
      { content: null, tool_calls: [piece(null, 'c1', 'depth', DEPTH)] },
      'eos',
    ),
    'in one whole message with arguments as an object': whole(
      { content: '', tool_calls: [piece(null, 'c1', 'depth', { lake: 'Mjøsa' })] },
      'tool_calls',
    ),
    'in the older form': whole(
      { content: null, function_call: { name: 'depth', arguments: DEPTH } },
      'function_call',
    ),
  }
  it.each(Object.entries(STREAMS))('%s', async (_, answer) => {
    const { chat, messages, responses } = await askAll(answer)
    for (const read of [chat, messages, responses]) {
      expect(read?.calls).toEqual([{ id: expect.stringMatching(/./), name: 'depth', input: DEPTH }])
      expect(read?.error).toBe(false)
    }
    expect(messages?.end).toBe('tool_use')
  })

  it('and two calls stay two, though a server numbers both 0', async () => {
    const reads = await askAll(
      stream(
        calls(piece(0, 'c1', 'depth', DEPTH)),
        calls(piece(0, 'c2', 'depth', '{"lake":"Vättern"}')),
        calls(piece(0, 'c3', 'width', '')),
        chunk({}, 'stop'),
      ),
    )
    for (const read of Object.values(reads)) {
      expect(read.calls.map(({ name }) => name)).toEqual(['depth', 'depth', 'width'])
      expect(read.calls.map(({ input }) => input)).toEqual([DEPTH, '{"lake":"Vättern"}', '{}'])
    }
  })

  it.each([' ', '', null])('and blank arguments (%j) are an empty object', async (written) => {
    const inPieces = await askAll(stream(calls(piece(0, 'c1', 'now', written)), done))
    const inOne = await askAll(
      whole({ content: null, tool_calls: [piece(null, 'c1', 'now', written)] }),
    )
    for (const read of [...Object.values(inPieces), ...Object.values(inOne)]) {
      expect(JSON.parse(read.calls[0]?.input || '{}')).toEqual({})
      expect(read.calls).toHaveLength(1)
    }
  })

  it('and OpenAI’s own pieces pass byte for byte', async () => {
    const rig = await createDialectRig()
    const events = [
      calls(piece(0, 'c1', 'depth', '')),
      calls({ index: 0, function: { arguments: '{"lake":' } }),
      calls({ index: 0, function: { arguments: '"Mjøsa"}' } }),
      done,
    ].map((event) => `data: ${JSON.stringify(event)}\n\n`)
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'oai', messages: [question], stream: true },
      { sse: [...events, '[DONE]'] },
    )
    expect(told.text).toBe(`${events.join('')}data: [DONE]\n\n`)
  })
})

describe('content given as a list of parts', () => {
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'By sonar.' }] }
  const inOne = whole({ content: [thinking, { type: 'text', text: '453 ' }, '', 'metres'] })
  const inPieces = stream(
    chunk({ role: 'assistant', content: [thinking] }),
    chunk({ content: [{ type: 'text', text: '453 ' }] }),
    chunk({ content: 'metres' }),
    chunk({}, 'stop'),
  )
  it.each([
    ['whole', inOne],
    ['streamed', inPieces],
  ])('%s: its text and its thoughts arrive', async (_, answer) => {
    const { chat, responses } = await askAll(answer)
    const { messages } = await askAll(answer, { thinking: { type: 'enabled', budget_tokens: 50 } })
    for (const read of [chat, messages, responses]) {
      expect(read?.text).toBe('453 metres')
      expect(read?.thoughts).toContain('By sonar.')
    }
  })

  it('is a text for completions, too', async () => {
    const rig = await createDialectRig()
    const told = await rig.ask('/v1/completions', { model: 'oai', prompt: 'How deep?' }, inOne)
    expect(told.json.choices[0].text).toBe('453 metres')
  })
})

describe('an answer that does not say its names', () => {
  it('begins a message with an id of its own and a model all the same', async () => {
    const rig = await createDialectRig()
    const bare = (delta: object, finish: string | null = null) => ({
      ...chunk(delta, finish),
      id: '',
      model: '',
    })
    const filters = { id: '', model: '', object: '', choices: [], prompt_filter_results: [] }
    const ids: string[] = []
    for (let turn = 0; turn < 2; turn++) {
      const told = await rig.ask(
        '/v1/messages',
        { model: 'azure', max_tokens: 9, messages: [question], stream: true },
        stream(filters, bare({ content: '453' }), bare({}, 'stop')),
      )
      const [start] = told.events
      expect(start.type).toBe('message_start')
      expect(start.message.model).toBe('azure-model')
      ids.push(start.message.id)
    }
    expect(new Set(ids).size).toBe(2)
  })
})

describe('a failure told under status 200', () => {
  const GOOD = whole({ content: 'good' })
  const GOOD_STREAM = stream(chunk({ content: 'good' }), chunk({}, 'stop'))
  const JSON_FAILURES: Record<string, unknown> = {
    'no choices': { ...(whole({}).json as object), choices: [] },
    'no message': { id: 'x', object: 'chat.completion', choices: [{ index: 0 }] },
    'an error of the choice': {
      id: 'x',
      choices: [{ index: 0, message: { content: '' }, error: { code: 429, message: 'busy' } }],
    },
    'a bare error object': { object: 'error', message: 'busy', code: 500 },
    'a detail': { detail: 'busy' },
    'a status in the base response': { choices: null, base_resp: { status_code: 1004 } },
    'a call without a name': whole({ tool_calls: [piece(0, 'c', '', '{}')] }).json,
  }
  const REASONS = ['error', 'network_error', 'insufficient_system_resource', 'abort', 'ERROR']
  for (const reason of REASONS) JSON_FAILURES[`finish ${reason}`] = whole({}, reason).json

  it.each(Object.entries(JSON_FAILURES))('%s: the next model answers', async (_, json) => {
    const rig = await createDialectRig()
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'oai', models: ['oai', 'oai2'], messages: [question] },
      { by: { 'some-model': { json }, other: GOOD } },
    )
    expect(told.json.choices[0].message.content).toBe('good')
  })

  const EVENTS: Record<string, unknown> = {
    'an error of the choice': chunk({}, null, { error: { code: 502, message: 'gone' } }),
    'a bare error object': { object: 'error', message: 'gone', code: 500 },
    'an error by type': { type: 'error', message: 'gone' },
    ...Object.fromEntries(REASONS.map((reason) => [`finish ${reason}`, chunk({}, reason)])),
  }
  it.each(Object.entries(EVENTS))('%s before content: the next model answers', async (_, event) => {
    const rig = await createDialectRig()
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'oai', models: ['oai', 'oai2'], messages: [question], stream: true },
      { by: { 'some-model': stream(chunk({ role: 'assistant' }), event), other: GOOD_STREAM } },
    )
    expect(readChat(told)).toMatchObject({ text: 'good', error: false })
  })

  it.each(Object.entries(EVENTS))('%s after content: never a clean end', async (_, event) => {
    const reads = await askAll(stream(chunk({ content: 'half' }), event))
    for (const read of Object.values(reads)) {
      expect(read).toMatchObject({ error: true })
      expect(['end_turn', 'completed', 'stop']).not.toContain(read.end)
    }
  })

  it.each(['model_context_window_exceeded', 'max_tokens', 'MAX_TOKENS', 'model_length'])(
    'but %s means cut off',
    async (reason) => {
      for (const answer of [
        whole({ content: 'half' }, reason),
        stream(chunk({ content: 'half' }), chunk({}, reason)),
      ]) {
        const { chat, messages, responses } = await askAll(answer)
        expect([chat?.end, messages?.end, responses?.end]).toEqual([
          'length',
          'max_tokens',
          'incomplete',
        ])
      }
    },
  )
})

describe('the end of a stream', () => {
  it.each(['data: [DONE] \n\n', 'data:  [DONE]\n\n', 'data:[DONE]\r\n\r\n'])(
    'is understood as %j',
    async (end) => {
      const reads = await askAll({ sse: [chunk({ content: 'ok' }), chunk({}, 'stop'), end] })
      for (const read of Object.values(reads))
        expect(read).toMatchObject({ text: 'ok', error: false })
      expect(reads.messages?.end).toBe('end_turn')
    },
  )
})

describe('an Anthropic provider', () => {
  const start = { type: 'message_start', message: { id: 'msg_1', model: 'claude-x', usage: {} } }
  const stop = [
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 3 } },
    { type: 'message_stop' },
  ]
  it.each([
    ['with its end', [{ type: 'content_block_stop', index: 0 }]],
    ['without its end', []],
  ])('may give a tool its whole input with the block’s beginning, %s', async (_, ends) => {
    const rig = await createDialectRig()
    const input = { lake: 'Mjøsa', id: 7 }
    const block = { type: 'tool_use', id: 'toolu_1', name: 'depth', input }
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'ant', messages: [question], stream: true },
      {
        sse: [
          start,
          { type: 'content_block_start', index: 0, content_block: block },
          ...ends,
          ...stop,
        ],
      },
    )
    expect(readChat(told).calls).toEqual([
      { id: 'toolu_1', name: 'depth', input: JSON.stringify(input) },
    ])
  })
})

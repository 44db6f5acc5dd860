// Tool calls as servers stream them in other pieces than OpenAI: names cut or repeated, ids shared, arguments that are no
// object's text. Every client reads one call with the whole name.
import { describe, expect, it } from 'vitest'
import { askAll, calls, chunk, piece, question, stream, whole } from '../../support/answer-forms.ts'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const DEPTH = '{"lake":"Mjøsa"}'
const END = chunk({}, 'tool_calls')
const named = (name: string) => ({ type: 'function', function: { name, parameters: {} } })

/** Asks with the tools in every dialect's own form. */
const ask = async (answer: Spec, names: string[]) => {
  const rig = await createDialectRig()
  const isStream = answer.sse !== undefined
  const tools = {
    '/v1/chat/completions': { tools: names.map(named), messages: [question] },
    '/v1/messages': {
      max_tokens: 50,
      messages: [question],
      tools: names.map((name) => ({ name, input_schema: { type: 'object' } })),
    },
    '/v1/responses': {
      input: 'How deep?',
      tools: names.map((name) => ({ type: 'function', name, parameters: {} })),
    },
  }
  const told = await Promise.all(
    Object.entries(tools).map(([path, body]) =>
      rig.ask(path, { model: 'oai', stream: isStream, ...body }, answer),
    ),
  )
  return told
}

/** Names and arguments of all calls, by what each client was told as text. */
const callsIn = async (answer: Spec, names: string[]) => {
  const [chat, messages, responses] = await ask(answer, names)
  const ofChat: { name: string; input: string }[] = []
  for (const event of chat?.events ?? []) {
    for (const { index, function: fn } of event.choices?.[0]?.delta.tool_calls ?? []) {
      ofChat[index] ??= { name: '', input: '' }
      ofChat[index].name += fn.name ?? ''
      ofChat[index].input += fn.arguments ?? ''
    }
  }
  const blocks: { name: string; input: string }[] = []
  for (const event of messages?.events ?? []) {
    if (event.type === 'content_block_start') {
      blocks[event.index] = { name: event.content_block.name, input: '' }
    }
    const block = blocks[event.index]
    if (event.type === 'content_block_delta' && block) block.input += event.delta.partial_json
  }
  const last = responses?.events.findLast(({ type }) => type === 'response.completed')
  const items = (last?.response.output ?? []).map((item: { name: string; arguments: string }) => ({
    name: item.name,
    input: item.arguments,
  }))
  return { chat: ofChat, messages: blocks, responses: items }
}

describe('a name that comes in pieces is one name', () => {
  const STREAMS: Record<string, Spec> = {
    'before the arguments': stream(
      calls(piece(0, 'c1', 'sound_', '')),
      calls(piece(0, undefined, 'depth', '')),
      calls(piece(0, undefined, undefined, DEPTH)),
      END,
    ),
    'of which each brings the id': stream(
      calls(piece(0, 'c1', 'sound', '')),
      calls(piece(0, 'c1', '_', '')),
      calls(piece(0, 'c1', 'depth', '')),
      calls(piece(0, 'c1', undefined, DEPTH)),
      END,
    ),
    'of which each brings a new id': stream(
      calls(piece(0, 'c1', 'sound_', '')),
      calls(piece(0, 'c2', 'depth', '')),
      calls(piece(0, 'c3', undefined, DEPTH)),
      END,
    ),
    'of which the last brings arguments': stream(
      calls(piece(0, 'c1', 'sound_de', '')),
      calls(piece(0, undefined, 'pth', DEPTH)),
      END,
    ),
    'each as far as it has come': stream(
      calls(piece(0, 'c1', 'sound', '')),
      calls(piece(0, undefined, 'sound_depth', '')),
      calls(piece(0, undefined, undefined, DEPTH)),
      END,
    ),
    'without an index': stream(
      calls(piece(null, 'c1', 'sound_', '')),
      calls(piece(null, undefined, 'depth', DEPTH)),
      END,
    ),
  }
  it.each(Object.entries(STREAMS))('%s', async (_, answer) => {
    const read = await callsIn(answer, ['sound_depth', 'width'])
    for (const told of Object.values(read)) {
      expect(told).toEqual([{ name: 'sound_depth', input: DEPTH }])
    }
  })

  it('and one that another tool’s name goes on from is told with its arguments', async () => {
    const read = await callsIn(
      stream(calls(piece(0, 'c1', 'depth', '')), calls(piece(0, undefined, undefined, DEPTH)), END),
      ['depth', 'depth_of_lake'],
    )
    for (const told of Object.values(read)) expect(told).toEqual([{ name: 'depth', input: DEPTH }])
  })

  it('and two tools called without arguments stay two', async () => {
    const read = await callsIn(
      stream(calls(piece(0, 'c1', 'depth', '')), calls(piece(0, 'c2', 'width', '')), END),
      ['depth', 'width'],
    )
    for (const told of Object.values(read)) {
      expect(told).toEqual([
        { name: 'depth', input: '{}' },
        { name: 'width', input: '{}' },
      ])
    }
  })

  it('and a name that nobody offered arrives whole, with its arguments', async () => {
    const read = await callsIn(
      stream(calls(piece(0, 'c1', 'no_', '')), calls(piece(0, undefined, 'tool', DEPTH)), END),
      ['depth'],
    )
    for (const told of Object.values(read)) {
      expect(told).toEqual([{ name: 'no_tool', input: DEPTH }])
    }
  })
})

describe('parallel calls under one id', () => {
  it('become two calls of two ids in a stream', async () => {
    const reads = await askAll(
      stream(
        calls(piece(0, 'c1', 'depth', DEPTH)),
        calls(piece(1, 'c1', 'depth', '{"lake":"Vättern"}')),
        END,
      ),
    )
    for (const { calls: told } of Object.values(reads)) {
      expect(told.map(({ input }) => input)).toEqual([DEPTH, '{"lake":"Vättern"}'])
      expect(new Set(told.map(({ id }) => id)).size).toBe(2)
    }
  })

  it('and in a whole answer', async () => {
    const call = piece(null, 'c1', 'depth', DEPTH)
    const reads = await askAll(whole({ content: null, tool_calls: [call, call] }, 'tool_calls'))
    for (const { calls: told } of Object.values(reads)) {
      expect(new Set(told.map(({ id }) => id)).size).toBe(2)
    }
  })
})

describe('arguments that are not the text of an object', () => {
  const FORMS: [string, unknown, string][] = [
    ['written twice', JSON.stringify(DEPTH), DEPTH],
    ['`null` as text', 'null', '{}'],
    ['an empty list', [], '{}'],
    ['an empty list as text', ' [] ', '{}'],
    ['a quoted nothing', '""', '{}'],
    ['Python’s `None`', 'None', '{}'],
  ]
  it.each(FORMS)('%s', async (_, written, right) => {
    const answers = [
      whole({ content: null, tool_calls: [piece(null, 'c1', 'depth', written)] }, 'tool_calls'),
      stream(calls(piece(0, 'c1', 'depth', '')), calls(piece(0, undefined, null, written)), END),
    ]
    for (const answer of answers) {
      for (const { calls: told, error } of Object.values(await askAll(answer))) {
        expect(told).toHaveLength(1)
        expect(JSON.parse(told[0]?.input ?? '')).toEqual(JSON.parse(right))
        expect(error).toBe(false)
      }
    }
  })

  it('are read beside the name as well as within `function`', async () => {
    const flat = { id: 'c1', name: 'depth', arguments: { lake: 'Mjøsa' } }
    for (const tool_calls of [[flat], flat]) {
      const reads = await askAll(whole({ content: null, tool_calls }, 'tool_calls'))
      for (const { calls: told } of Object.values(reads)) {
        expect(told).toEqual([{ id: 'c1', name: 'depth', input: DEPTH }])
      }
    }
  })

  it.each([
    ['an object', { lake: 'Mjøsa' }, { lake: 'Mjøsa' }],
    ['blank', ' ', {}],
    ['null', null, {}],
  ])('are written anew where a client sends them back: %s', async (_, written, right) => {
    const rig = await createDialectRig()
    const call = { id: 'c1', type: 'function', function: { name: 'depth', arguments: written } }
    const messages = [
      question,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: '453 m' },
    ]
    const ok = whole({ content: 'ok' })
    const told = await rig.ask('/v1/chat/completions', { model: 'oai', messages }, ok)
    const { arguments: sent } = told.sent[0].messages[1].tool_calls[0].function
    expect(JSON.parse(sent)).toEqual(right)
    const anthropic = { json: { id: 'm', content: [{ type: 'text', text: 'ok' }] } }
    const other = await rig.ask('/v1/chat/completions', { model: 'ant', messages }, anthropic)
    expect(other.sent[0].messages[1].content[0].input).toEqual(right)
  })
})

describe('the end of an answer with calls', () => {
  const call = piece(0, 'c1', 'depth', DEPTH)
  it.each(['stop', 'eos', 'function_call', 'COMPLETE', 'something_new', null])(
    'waits for results, though its server says %j',
    async (reason) => {
      const inOne = await askAll(whole({ content: null, tool_calls: [call] }, reason))
      const inPieces = await askAll(stream(calls(call), ...(reason ? [chunk({}, reason)] : [])))
      for (const { chat, messages, responses } of [inOne, inPieces]) {
        expect([chat?.end, messages?.end, responses?.end]).toEqual([
          'tool_calls',
          'tool_use',
          'completed',
        ])
      }
    },
  )

  it('is that of an answer cut short where it was', async () => {
    const { chat, messages } = await askAll(whole({ content: null, tool_calls: [call] }, 'length'))
    expect([chat?.end, messages?.end]).toEqual(['length', 'max_tokens'])
  })

  it('is told where Anthropic calls it the end of the turn', async () => {
    const rig = await createDialectRig()
    const use = { type: 'tool_use', id: 't', name: 'depth', input: {} }
    const json = { id: 'm', model: 'claude-x', content: [use], stop_reason: 'end_turn' }
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'ant', messages: [question] },
      { json },
    )
    expect(told.json.choices[0].finish_reason).toBe('tool_calls')
  })

  it('is added before `[DONE]` where a server names no reason at all', async () => {
    const { chat, messages, responses } = await askAll(stream(chunk({ content: '453' })))
    expect([chat?.end, messages?.end, responses?.end]).toEqual(['stop', 'end_turn', 'completed'])
  })
})

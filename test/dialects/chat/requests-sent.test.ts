// Requests of one dialect or provider as another gets them: ids, names, schemas, thoughts, cache breakpoints, users, media
// and big numbers, and what of a native request is sent byte for byte.
import { describe, expect, it } from 'vitest'
import {
  createDialectRig,
  type Loose,
  type ProviderName,
  type Spec,
} from '../../support/dialect-rig.ts'

const OK: Spec = {
  json: {
    id: 'c1',
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
  },
}
const MESSAGE: Spec = {
  json: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [{ type: 'text', text: 'ok' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 3, output_tokens: 1 },
  },
}
const CANDIDATE: Spec = {
  json: { candidates: [{ content: { parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] },
}
const answerOf = (model: ProviderName): Spec =>
  model === 'ant' ? MESSAGE : model === 'gem' ? CANDIDATE : OK

const question = { role: 'user', content: 'Which ferry leaves first?' }
const schema = { type: 'object', properties: { port: { type: 'string' } } }
const tool = (name: string, parameters: unknown = schema) => ({
  type: 'function',
  function: { name, parameters },
})
const call = (id: string, name = 'ferries') => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name, arguments: '{"port":"Moss"}' } }],
})
const result = (id: string, content: unknown = '07:15') => ({
  role: 'tool',
  tool_call_id: id,
  content,
})
const toolUse = (id: string) => ({ type: 'tool_use', id, name: 'ferries', input: { port: 'Moss' } })

const chat = async (model: ProviderName, body: object, answer: Spec = answerOf(model)) => {
  const rig = await createDialectRig()
  return rig.ask('/v1/chat/completions', { model, messages: [question], ...body }, answer)
}
const messages = async (model: ProviderName, body: object, answer: Spec = answerOf(model)) => {
  const rig = await createDialectRig()
  return rig.ask('/v1/messages', { model, max_tokens: 4000, messages: [question], ...body }, answer)
}

describe('ids of tool calls', () => {
  const RULES: [ProviderName, RegExp][] = [
    ['mistral', /^[a-zA-Z0-9]{9}$/],
    ['openai', /^.{1,40}$/],
    ['oai', /^.{1,64}$/],
    ['ant', /^[a-zA-Z0-9_-]{1,64}$/],
  ]
  const IDS = ['functions.ferries:3', `call_${'9'.repeat(140)}`, 'toolu_01Abc', 'bfcl 1/2']
  it.each(RULES)(
    'are of the form that %s takes, the same for call and result',
    async (model, rule) => {
      for (const id of IDS) {
        const history = [question, call(id), result(id), question]
        const first = await chat(model, { messages: history })
        const again = await chat(model, { messages: history })
        expect(first.sentText).toEqual(again.sentText)
        const [, said, answer] = first.sent[0].messages
        const asked = model === 'ant' ? said.content[0].id : said.tool_calls[0].id
        const answered = model === 'ant' ? answer.content[0].tool_use_id : answer.tool_call_id
        expect(asked).toMatch(rule)
        expect(answered).toBe(asked)
      }
    },
  )

  it('of different calls stay different', async () => {
    const ids = ['a:1', 'a.1', 'a/1', 'a_1']
    const history = [question, ...ids.flatMap((id) => [call(id), result(id)]), question]
    const { sent } = await chat('ant', { messages: history })
    const used = sent[0].messages
      .flatMap(({ content }: Loose) => content)
      .filter(({ type }: Loose) => type === 'tool_use')
    expect(new Set(used.map(({ id }: Loose) => id)).size).toBe(ids.length)
  })

  it('of another provider are mended in a native request, too', async () => {
    const { sent } = await messages('ant', {
      messages: [
        question,
        { role: 'assistant', content: [toolUse('functions.ferries:3')] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'functions.ferries:3', content: '07:15' }],
        },
      ],
    })
    const [, said, answer] = sent[0].messages
    expect(said.content[0].id).toMatch(/^[a-zA-Z0-9_-]+$/)
    expect(answer.content[0].tool_use_id).toBe(said.content[0].id)
  })
})

describe('names of tools', () => {
  const NAMES = [`mcp__harbour__${'long_'.repeat(14)}name`, 'harbour.ferries', 'fähren']
  const told = (model: ProviderName, name: string, isStream: boolean): Spec => {
    const piece = { index: 0, id: 'c', type: 'function', function: { name, arguments: '{}' } }
    const part = { functionCall: { name, args: {} } }
    const candidate = { candidates: [{ content: { parts: [part] }, finishReason: 'STOP' }] }
    if (model === 'gem') return isStream ? { sse: [candidate] } : { json: candidate }
    if (!isStream) {
      const message = { role: 'assistant', content: null, tool_calls: [piece] }
      return { json: { id: 'c', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] } }
    }
    const chunk = (delta: object, finish: string | null = null) => ({
      id: 'c',
      choices: [{ index: 0, delta, finish_reason: finish }],
    })
    return { sse: [chunk({ tool_calls: [piece] }), chunk({}, 'tool_calls'), '[DONE]'] }
  }
  it.each<[ProviderName, RegExp]>([
    ['oai', /^[a-zA-Z0-9_-]{1,64}$/],
    ['gem', /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/],
  ])('fit %s, and come back whole', async (model, rule) => {
    for (const name of NAMES) {
      const body = {
        tools: [tool(name)],
        tool_choice: { type: 'function', function: { name } },
        messages: [question, call('c1', name), result('c1'), question],
      }
      const asked = await chat(model, body)
      const sent = asked.sentText[0] ?? ''
      const short =
        model === 'gem'
          ? asked.sent[0].tools[0].functionDeclarations[0].name
          : asked.sent[0].tools[0].function.name
      expect(short).toMatch(rule)
      if (short !== name) expect(sent).not.toContain(JSON.stringify(name))
      const whole = await chat(model, body, told(model, short, false))
      expect(whole.json.choices[0].message.tool_calls[0].function.name).toBe(name)
      const streamed = await chat(model, { ...body, stream: true }, told(model, short, true))
      const names = streamed.events.flatMap(
        (event) => event.choices?.[0]?.delta?.tool_calls?.[0]?.function?.name ?? [],
      )
      expect(names).toEqual([name])
    }
  })

  it('of 100 characters reach Anthropic as they are', async () => {
    const name = 'n'.repeat(100)
    const { sent } = await chat('ant', { tools: [tool(name)] })
    expect(sent[0].tools[0].name).toBe(name)
  })
})

describe('schemas of tools', () => {
  it.each([{}, { type: 'object' }, { properties: {} }, null, undefined])(
    '%j is an object with properties for everyone',
    async (bare) => {
      const fromMessages = await messages('oai', { tools: [{ name: 'f', input_schema: bare }] })
      expect(fromMessages.sent[0].tools[0].function.parameters).toMatchObject({
        type: 'object',
        properties: {},
      })
      const toAnthropic = await chat('ant', { tools: [tool('f', bare)] })
      expect(toAnthropic.sent[0].tools[0].input_schema).toMatchObject({
        type: 'object',
        properties: {},
      })
    },
  )

  it('that are a choice at the top offer Anthropic all of it', async () => {
    const choice = {
      anyOf: [
        { type: 'object', properties: { a: { type: 'number' } }, required: ['a', 'c'] },
        { type: 'object', properties: { b: { type: 'number' }, c: {} }, required: ['b', 'c'] },
      ],
    }
    const { sent } = await chat('ant', { tools: [tool('f', choice)] })
    expect(sent[0].tools[0].input_schema).toEqual({
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' }, c: {} },
      required: ['c'],
    })
  })
})

describe('thoughts', () => {
  const thinking = { type: 'enabled', budget_tokens: 2000 }
  const signed = { type: 'thinking', thinking: 'By the timetable.', signature: 'sig/9==' }
  const hidden = { type: 'redacted_thinking', data: 'blob' }

  it('with their signature go through an OpenAI client and back, whole and streamed', async () => {
    const content = [signed, hidden, toolUse('toolu_1')]
    const whole = await chat(
      'ant',
      { thinking, max_tokens: 4000 },
      { json: { ...(MESSAGE.json as object), content, stop_reason: 'tool_use' } },
    )
    const { message } = whole.json.choices[0]
    expect(message.reasoning_content).toBe('By the timetable.')
    const back = await chat('ant', {
      thinking,
      max_tokens: 4000,
      messages: [question, message, result('toolu_1')],
    })
    expect(back.sent[0].messages[1].content).toEqual(content)
    expect(back.sent[0].thinking).toEqual(thinking)

    const streamed = await chat(
      'ant',
      { thinking, max_tokens: 4000, stream: true },
      {
        sse: [
          { type: 'message_start', message: { id: 'msg_1', model: 'claude-x', usage: {} } },
          {
            type: 'content_block_start',
            index: 0,
            content_block: { type: 'thinking', thinking: '' },
          },
          {
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'thinking_delta', thinking: 'By the ' },
          },
          {
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'thinking_delta', thinking: 'timetable.' },
          },
          {
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'signature_delta', signature: 'sig/9==' },
          },
          { type: 'content_block_stop', index: 0 },
          { type: 'content_block_start', index: 1, content_block: hidden },
          { type: 'content_block_stop', index: 1 },
          {
            type: 'message_delta',
            delta: { stop_reason: 'end_turn' },
            usage: { output_tokens: 9 },
          },
          { type: 'message_stop' },
        ],
      },
    )
    const records = streamed.events.flatMap(
      (event) => event.choices?.[0]?.delta?.thinking_blocks ?? [],
    )
    expect(records).toEqual([signed, hidden])
  })

  it('that were lost switch thinking off for the call, from either dialect', async () => {
    const lost = { ...call('toolu_1'), reasoning_content: 'By the timetable.' }
    const asked = await chat('ant', {
      thinking,
      max_tokens: 4000,
      messages: [question, lost, result('toolu_1')],
    })
    expect(asked.sent[0].thinking).toEqual({ type: 'disabled' })
    const history = [
      question,
      { role: 'assistant', content: [{ ...signed, signature: '' }, toolUse('toolu_1')] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }] },
    ]
    const native = await messages('ant', { thinking, messages: history })
    expect(native.sent[0].thinking).toEqual({ type: 'disabled' })
    const over = await messages('ant', { thinking, messages: [...history, question] })
    expect(over.sent[0].thinking).toEqual({ type: 'disabled' })
    // A loop that is over asks for nothing.
    const past = [...history, { role: 'assistant', content: 'At 07:15.' }, question]
    expect((await messages('ant', { thinking, messages: past })).sent[0].thinking).toEqual(thinking)
  })

  it('never have a budget that leaves no room for the answer', async () => {
    for (const limit of [{ max_tokens: 3000 }, { max_tokens: 900 }, {}]) {
      const { sent } = await chat('ant', {
        thinking: { ...thinking, budget_tokens: 9000 },
        ...limit,
      })
      const { thinking: told, max_tokens: most } = sent[0]
      expect(told.type === 'disabled' || told.budget_tokens < most).toBe(true)
      if (limit.max_tokens) expect(most).toBe(limit.max_tokens)
    }
  })

  it('of earlier turns go to providers that want them, and to no others', async () => {
    const history = [
      question,
      { role: 'assistant', content: [{ ...signed, signature: '' }, toolUse('t1')] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: '07:15' }] },
    ]
    for (const model of ['oai', 'deepseek', 'openrouter'] as const) {
      const { sent } = await messages(model, { messages: history })
      expect(sent[0].messages[1].reasoning_content).toBe('By the timetable.')
    }
    for (const model of ['openai', 'mistral', 'groq'] as const) {
      const { sentText } = await messages(model, { messages: history })
      expect(sentText[0]).not.toContain('timetable')
    }
    const rig = await createDialectRig()
    const input = [
      { role: 'user', content: 'Which?' },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'By the timetable.' }],
      },
      { type: 'function_call', call_id: 'c', name: 'ferries', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: '07:15' },
    ]
    const { sent } = await rig.ask('/v1/responses', { model: 'deepseek', input }, OK)
    expect(sent[0].messages[1]).toMatchObject({
      reasoning_content: 'By the timetable.',
      tool_calls: [{ id: 'c' }],
    })
  })
})

describe('cache breakpoints', () => {
  const mark = { type: 'ephemeral', ttl: '1h' }
  const marked = (text: string) => ({ type: 'text', text, cache_control: mark })

  it('of an OpenAI client reach Anthropic wherever they stand', async () => {
    const { sent } = await chat('ant', {
      messages: [
        { role: 'system', content: 'Rules', cache_control: mark },
        question,
        call('c1'),
        result('c1', [marked('07:15')]),
        { ...question, cache_control: mark },
      ],
      tools: [{ ...tool('ferries'), cache_control: mark }],
    })
    const { system, messages: turns, tools } = sent[0]
    expect(system[0].cache_control).toEqual(mark)
    expect(turns[2].content[0]).toMatchObject({ type: 'tool_result', cache_control: mark })
    expect(turns[2].content[1].cache_control).toEqual(mark)
    expect(tools[0].cache_control).toEqual(mark)
    const part = { role: 'user', content: [marked('Timetable')] }
    const ofUser = await chat('ant', { messages: [part] })
    expect(ofUser.sent[0].messages[0].content[0].cache_control).toEqual(mark)
  })

  it('of an Anthropic client reach OpenRouter, and no server that does not know them', async () => {
    const body = {
      system: [marked('Rules')],
      messages: [
        { role: 'user', content: [marked('Timetable')] },
        { role: 'assistant', content: [toolUse('t1')] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: '07:15', cache_control: mark },
          ],
        },
      ],
      tools: [{ name: 'ferries', input_schema: schema, cache_control: mark }],
    }
    const { sentText } = await messages('openrouter', body)
    expect(sentText[0]?.split('"ttl":"1h"')).toHaveLength(5)
    for (const model of ['oai', 'openai', 'mistral'] as const) {
      const { sent, sentText: text } = await messages(model, body)
      expect(text[0]).not.toContain('cache_control')
      expect(sent[0].messages[0]).toEqual({ role: 'system', content: 'Rules' })
    }
  })
})

describe('names of users', () => {
  const long = `user_${'7'.repeat(300)}`
  it('are hashed where they are too long, each to one other', async () => {
    for (const model of ['oai', 'openai', 'openrouter'] as const) {
      const first = await messages(model, { metadata: { user_id: long } })
      const again = await messages(model, { metadata: { user_id: long } })
      const other = await messages(model, { metadata: { user_id: `${long}8` } })
      expect(first.sent[0].user).toMatch(/^[0-9a-f]{64}$/)
      expect(again.sent[0].user).toBe(first.sent[0].user)
      expect(other.sent[0].user).not.toBe(first.sent[0].user)
    }
    const { sent } = await chat('ant', { user: long })
    expect(sent[0].metadata.user_id).toMatch(/^[0-9a-f]{64}$/)
    expect((await chat('oai', { user: 'ann' })).sent[0].user).toBe('ann')
  })
})

describe('media in the result of a tool', () => {
  const url = 'data:image/png;base64,QUJD'
  const image = { type: 'image_url', image_url: { url } }
  it('follows the results for OpenAI, and stays in place for Anthropic', async () => {
    const history = [question, call('c1'), result('c1', [{ type: 'text', text: 'Map:' }, image])]
    const openai = await chat('openai', { messages: history })
    expect(openai.sent[0].messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'c1', content: 'Map:' },
      { role: 'user', content: [{ type: 'text', text: 'Attached to the result of c1:' }, image] },
    ])
    const anthropic = await chat('ant', { messages: history })
    expect(anthropic.sent[0].messages[2].content[0].content[1].type).toBe('image')
    const gemini = await chat('gem', { messages: history })
    expect(gemini.sentText[0]).toContain('"inlineData":{"mimeType":"image/png","data":"QUJD"}')
  })

  it('may come in the output of a Responses call', async () => {
    const rig = await createDialectRig()
    const output = [
      { type: 'input_text', text: 'Map:' },
      { type: 'input_image', image_url: url },
    ]
    const input = [
      { role: 'user', content: 'Where?' },
      { type: 'function_call', call_id: 'c', name: 'map', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output },
    ]
    for (const model of ['oai', 'ant', 'gem'] as const) {
      const { status, sentText } = await rig.ask('/v1/responses', { model, input }, answerOf(model))
      expect(status).toBe(200)
      expect(sentText[0]).toContain('QUJD')
    }
  })
})

describe('a native request', () => {
  const odd = (model: string) =>
    `{ "model" : ${JSON.stringify(model)},\n "temperature":1.0, "seed": 9223372036854775807, "max_tokens": 5e1,\t"messages":[ {"role":"user","content":"Gr\\u00fc\\u00dfe \\/ 12345678901234567890"} ] }`

  it('reaches an OpenAI provider byte for byte, but for the model', async () => {
    const rig = await createDialectRig()
    const { sentText } = await rig.ask('/v1/chat/completions', odd('oai'), OK)
    expect(sentText[0]).toBe(odd('some-model'))
  })

  it('reaches Anthropic byte for byte, but for the model', async () => {
    const rig = await createDialectRig()
    const body = (model: string) =>
      odd(model).replace('"seed": 9223372036854775807, ', '').replace('5e1', '50')
    const { sentText } = await rig.ask('/v1/messages', body('ant'), MESSAGE)
    expect(sentText[0]).toBe(body('claude-x'))
  })

  it('keeps all that is not edited where a field is left out or added', async () => {
    const rig = await createDialectRig()
    const own = odd('oai').replace(
      '"temperature"',
      '"models":["oai"],"stream":true , "temperature"',
    )
    const events: Spec = {
      sse: [
        { id: 'c', choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }] },
        '[DONE]',
      ],
    }
    const { sentText } = await rig.ask('/v1/chat/completions', own, events)
    const sent = sentText[0] ?? ''
    expect(JSON.parse(sent)).toMatchObject({ stream_options: { include_usage: true } })
    expect(sent).not.toContain('"models"')
    for (const kept of [
      '"temperature":1.0',
      '"seed": 9223372036854775807',
      'Gr\\u00fc\\u00dfe \\/',
    ]) {
      expect(sent).toContain(kept)
    }
  })
})

describe('integers beyond 2^53', () => {
  const BIG = '1234567890123456789'
  it('stay in schemas and in tools’ input, from dialect to dialect', async () => {
    const rig = await createDialectRig()
    const limits = `{"type":"object","properties":{"id":{"maximum":${BIG}}}}`
    const asked = await rig.ask(
      '/v1/messages',
      `{"model":"oai","max_tokens":9,"tools":[{"name":"f","input_schema":${limits}}],"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"id":-${BIG}}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}]}`,
      OK,
    )
    expect(asked.sentText[0]).toContain(`"maximum":${BIG}`)
    expect(asked.sent[0].messages[1].tool_calls[0].function.arguments).toBe(`{"id":-${BIG}}`)
    const history = [
      question,
      {
        ...call('c'),
        tool_calls: [
          { ...call('c').tool_calls[0], function: { name: 'f', arguments: `{"id":${BIG}}` } },
        ],
      },
      result('c'),
    ]
    expect((await chat('ant', { messages: history })).sentText[0]).toContain(
      `"input":{"id":${BIG}}`,
    )
    expect((await chat('gem', { messages: history })).sentText[0]).toContain(`"args":{"id":${BIG}}`)
  })

  it('stay in the answer, whole and streamed', async () => {
    const rig = await createDialectRig()
    const text = `{"id":"m","content":[{"type":"tool_use","id":"t","name":"f","input":{"id":${BIG}}}],"stop_reason":"tool_use","usage":{}}`
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'ant', messages: [question] },
      { json: text },
    )
    expect(told.json.choices[0].message.tool_calls[0].function.arguments).toBe(`{"id":${BIG}}`)
    const native = await rig.ask(
      '/v1/messages',
      { model: 'ant', max_tokens: 9, messages: [question] },
      { json: text },
    )
    expect(native.text).toContain(`"input":{"id":${BIG}}`)
  })

  it('are numbers, and no text of a caller becomes one', async () => {
    const { sent } = await chat('oai', {
      messages: [{ role: 'user', content: `\u0001number ${BIG}` }],
    })
    expect(sent[0].messages[0].content).toBe(`\u0001number ${BIG}`)
  })
})

// What of a request clashes with itself, or is more than a provider takes: thinking beside sampling, budgets, breakpoints,
// schemas with nulls, thoughts of nobody. And tokens of answers whose provider counts none, or elsewhere.
import { describe, expect, it } from 'vitest'
import { chunk, stream, whole } from '../../support/answer-forms.ts'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const OK = whole({ content: 'ok' })
const MESSAGE: Spec = {
  json: { id: 'm', type: 'message', model: 'claude-x', content: [{ type: 'text', text: 'ok' }] },
}
const question = { role: 'user', content: 'Which ferry leaves first?' }
const thinking = (budget: number) => ({ type: 'enabled', budget_tokens: budget })
const cached = { cache_control: { type: 'ephemeral' } }
const use = { type: 'tool_use', id: 't1', name: 'ferries', input: {} }
const result = { type: 'tool_result', tool_use_id: 't1', content: '07:15' }

const chat = async (model: string, body: object, answer: Spec) =>
  (await createDialectRig()).ask(
    '/v1/chat/completions',
    { model, messages: [question], ...body },
    answer,
  )
const messages = async (model: string, body: object, answer: Spec, headers = {}) =>
  (await createDialectRig()).ask(
    '/v1/messages',
    { model, max_tokens: 4000, messages: [question], ...body },
    answer,
    headers,
  )

describe('thinking, asked of Anthropic', () => {
  it('is without the sampling that it refuses beside it, by name', async () => {
    const body = {
      thinking: thinking(2_000),
      max_tokens: 5_000,
      temperature: 0.3,
      top_k: 4,
      top_p: 1,
    }
    const { sent, headers } = await chat('ant', body, MESSAGE)
    expect(sent[0]).toMatchObject({ thinking: thinking(2_000), top_p: 1 })
    expect(Object.keys(sent[0])).not.toEqual(expect.arrayContaining(['temperature']))
    expect(headers.get('x-router-dropped')).toBe('temperature, top_k')
  })

  it('is switched off where a tool is forced', async () => {
    const tools = [{ type: 'function', function: { name: 'ferries', parameters: {} } }]
    const body = { thinking: thinking(2_000), max_tokens: 5_000, tools, tool_choice: 'required' }
    const { sent } = await chat('ant', body, MESSAGE)
    expect(sent[0]).toMatchObject({ thinking: { type: 'disabled' }, tool_choice: { type: 'any' } })
  })

  it.each([
    [2_000, 2_000, thinking(1_600)],
    [9_000, 3_000, thinking(2_400)],
    [1_024, 1_024, { type: 'disabled' }],
    [1_500, 3_000, thinking(1_500)],
  ])('natively, a budget of %i within %i tokens becomes %j', async (budget, limit, right) => {
    const body = { thinking: thinking(budget), max_tokens: limit }
    expect((await messages('ant', body, MESSAGE)).sent[0].thinking).toEqual(right)
  })

  it('keeps a larger budget between calls of tools', async () => {
    const headers = { 'anthropic-beta': 'interleaved-thinking-2025-05-14' }
    const { sent } = await messages('ant', { thinking: thinking(9_000) }, MESSAGE, headers)
    expect(sent[0].thinking).toEqual(thinking(9_000))
  })

  it.each(['', null, undefined])('goes on without thoughts signed %j', async (signature) => {
    const thought = { type: 'thinking', thinking: 'By the timetable.', signature }
    const turns = [
      question,
      { role: 'assistant', content: [thought, use] },
      { role: 'user', content: [result] },
    ]
    const { sent } = await messages('ant', { messages: turns, thinking: thinking(2_000) }, MESSAGE)
    expect(sent[0].messages[1].content).toEqual([use])
    expect(sent[0].thinking).toEqual({ type: 'disabled' })
  })

  it('leaves out a turn that was nothing but such thoughts', async () => {
    const thought = { type: 'thinking', thinking: 'By the timetable.', signature: '' }
    const turns = [question, { role: 'assistant', content: [thought] }, question]
    const { sent } = await messages('ant', { messages: turns }, MESSAGE)
    expect(sent[0].messages).toEqual([question, question])
  })
})

it('a temperature beyond Anthropic’s is its highest', async () => {
  expect((await chat('ant', { temperature: 1.7 }, MESSAGE)).sent[0].temperature).toBe(1)
})

describe('cache breakpoints', () => {
  it('are the last four, where a client marks more', async () => {
    const turns = [1, 2, 3, 4, 5].map((n) => ({
      role: n % 2 ? 'user' : 'assistant',
      content: [{ type: 'text', text: `turn ${n}`, ...cached }],
    }))
    const system = { role: 'system', content: 'Be brief.', ...cached }
    const { sent, sentText } = await chat('ant', { messages: [system, ...turns] }, MESSAGE)
    expect(sentText[0]?.match(/ephemeral/g)).toHaveLength(4)
    expect(sent[0].system[0]).toMatchObject(cached)
    expect(sent[0].messages.at(-1).content[0]).toMatchObject(cached)
  })

  it('of an assistant’s turn stay where the provider takes them', async () => {
    const text = { type: 'text', text: 'The 07:15.', ...cached }
    const turns = (block: object) => [
      question,
      { role: 'assistant', content: [block] },
      { role: 'user', content: [result] },
    ]
    const kept = await messages('openrouter', { messages: turns(text) }, OK)
    expect(kept.sent[0].messages[1].content).toEqual([text])
    const ofCall = await messages('openrouter', { messages: turns({ ...use, ...cached }) }, OK)
    expect(ofCall.sent[0].messages[1]).toMatchObject(cached)
    const gone = await messages('openai', { messages: turns(text) }, OK)
    expect(gone.sent[0].messages[1]).toEqual({ role: 'assistant', content: 'The 07:15.' })
  })

  it('of the Responses API’s text reach Anthropic', async () => {
    const rig = await createDialectRig()
    const content = [{ type: 'input_text', text: 'Which ferry?', ...cached }]
    const body = { model: 'ant', input: [{ role: 'user', content }] }
    const { sent } = await rig.ask('/v1/responses', body, MESSAGE)
    expect(sent[0].messages[0].content[0]).toMatchObject(cached)
  })
})

it.each(['oai', 'mistral', 'ant'])('a schema’s nulls are left out for %s', async (model) => {
  const answer = model === 'ant' ? MESSAGE : OK
  const parameters = { type: 'object', properties: null, required: null }
  for (const given of [parameters, null, undefined]) {
    const tools = [{ type: 'function', function: { name: 'f', parameters: given } }]
    const [sent] = (await chat(model, { tools }, answer)).sent[0].tools
    const empty = { type: 'object', properties: {} }
    expect(sent.function?.parameters ?? sent.input_schema).toEqual(empty)
  }
})

it('a call’s id beyond the Responses API’s limit is shortened alike at both ends', async () => {
  const rig = await createDialectRig()
  const call_id = `call_${'9'.repeat(90)}`
  const input = [
    { role: 'user', content: 'Which?' },
    { type: 'function_call', call_id, name: 'ferries', arguments: '{}' },
    { type: 'function_call_output', call_id, output: '07:15' },
  ]
  const { sent } = await rig.ask(
    '/v1/responses',
    { model: 'openai', input },
    {
      json: { id: 'r', status: 'completed', output: [] },
    },
  )
  expect(sent[0].input[1].call_id.length).toBeLessThanOrEqual(64)
  expect(sent[0].input[2].call_id).toBe(sent[0].input[1].call_id)
})

describe('a choice among some of the tools', () => {
  const named = (name: string) => ({ type: 'function', function: { name, parameters: {} } })
  const choice = (name: string) => ({
    type: 'allowed_tools',
    allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name } }] },
  })
  const CANDIDATE: Spec = {
    json: { candidates: [{ content: { parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] },
  }
  it.each(['ant', 'gem', 'oai', 'mistral'])('offers %s these alone', async (model) => {
    const answer = model === 'ant' ? MESSAGE : model === 'gem' ? CANDIDATE : OK
    const tools = [named('ferries'), named('trains')]
    const { sentText, status } = await chat(
      model,
      { tools, tool_choice: choice('ferries') },
      answer,
    )
    expect(status).toBe(200)
    expect(sentText[0]).toContain('"ferries"')
    expect(sentText[0]).not.toMatch(/trains|allowed_tools/)
    expect(sentText[0]).toMatch(/"required"|"any"|"ANY"/)
  })

  it('is OpenAI’s own, and names the tools as they are sent', async () => {
    const tools = [named('port.ferries'), named('trains')]
    const { sent } = await chat('openai', { tools, tool_choice: choice('port.ferries') }, OK)
    const [allowed] = sent[0].tool_choice.allowed_tools.tools
    expect(allowed.function.name).toBe(sent[0].tools[0].function.name)
    expect(sent[0].tools).toHaveLength(2)
  })
})

describe('tokens', () => {
  const usage = { prompt_tokens: 900, completion_tokens: 40, total_tokens: 940 }
  const ends: Record<string, object> = {
    'in the choice that ends': {
      ...chunk({}, null),
      choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }],
    },
    'in a field of Groq’s': { ...chunk({}, 'stop'), x_groq: { id: 'q', usage } },
  }
  it.each(Object.entries(ends))('are read %s', async (_, end) => {
    const body = { stream: true, stream_options: { include_usage: true } }
    const { events } = await chat('oai', body, stream(chunk({ content: 'ok' }), end))
    const told = events.find((event) => event.usage)?.usage
    expect(told).toMatchObject({ ...usage, cost: (900 * 1 + 40 * 2) / 1e6 })
    const plain = await chat('oai', { stream: true }, stream(chunk({ content: 'ok' }), end))
    expect(plain.events.some((event) => event.usage)).toBe(false)
  })

  it.each<[string, string, object, Spec]>([
    [
      'a native message',
      '/v1/messages',
      { model: 'ant', max_tokens: 90, messages: [question] },
      {
        json: {
          id: 'm',
          type: 'message',
          content: [{ type: 'text', text: 'At seven. '.repeat(60) }],
        },
      },
    ],
    [
      'a native response',
      '/v1/responses',
      { model: 'openai', input: 'Which?' },
      {
        json: {
          id: 'r',
          status: 'completed',
          output: [
            { type: 'message', content: [{ type: 'output_text', text: 'At seven. '.repeat(60) }] },
          ],
        },
      },
    ],
    [
      'an answer counted as nothing',
      '/v1/chat/completions',
      { model: 'oai', messages: [question] },
      whole({ content: 'At seven. '.repeat(60) }, 'stop', {
        usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      }),
    ],
  ])('of %s are estimated', async (_, path, body, answer) => {
    const { completion } = await (await createDialectRig()).ask(path, body, answer)
    expect(completion?.usage).toMatchObject({ isEstimated: true })
    expect(completion?.usage?.completionTokens).toBeGreaterThan(100)
  })
})

it.each<[string, Spec, object]>([
  [
    'FastAPI’s list',
    {
      status: 422,
      json: { detail: [{ loc: ['body', 'verbosity'], msg: 'Extra inputs are not permitted' }] },
    },
    { verbosity: 'low' },
  ],
  [
    'a parameter not recognized',
    { status: 400, json: { error: { message: 'seed: parameter not recognized' } } },
    { seed: 5 },
  ],
])('a refusal as %s is learnt from', async (_, refusal, field) => {
  const rig = await createDialectRig()
  const body = { model: 'oai', models: ['oai', 'oai2'], messages: [question], ...field }
  const told = await rig.ask('/v1/chat/completions', body, {
    by: { 'some-model': refusal, other: OK },
  })
  expect(told.status).toBe(200)
  const alone = await rig.ask('/v1/chat/completions', { ...body, models: ['oai'] }, OK)
  expect(alone.sent[0]).not.toHaveProperty(Object.keys(field)[0] ?? '')
})

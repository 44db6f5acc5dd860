// The Responses API to a provider that speaks it: what was asked and answered as it came, whole and in pieces, and what
// the router does where the provider turns out not to have it.
import { describe, expect, it } from 'vitest'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const RESPONSE = {
  id: 'resp_up',
  object: 'response',
  status: 'completed',
  error: null,
  model: 'served-model',
  output: [
    { id: 'rs_up', type: 'reasoning', summary: [], encrypted_content: 'gAAAA' },
    { id: 'ws_up', type: 'web_search_call', status: 'completed', action: { query: 'x' } },
    {
      id: 'msg_up',
      type: 'message',
      role: 'assistant',
      phase: 'final_answer',
      content: [{ type: 'output_text', text: 'Grüße', annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 2_000,
    input_tokens_details: { cached_tokens: 1_000 },
    output_tokens: 500,
    output_tokens_details: { reasoning_tokens: 100 },
    total_tokens: 2_500,
  },
}
const EVENTS = [
  { type: 'response.created', sequence_number: 0, response: { ...RESPONSE, output: [] } },
  { type: 'response.output_item.added', sequence_number: 1, output_index: 0, item: {} },
  { type: 'response.output_text.delta', sequence_number: 2, delta: 'Grüße', item_id: 'msg_up' },
  { type: 'response.completed', sequence_number: 3, response: RESPONSE },
]
const CHAT: Spec = {
  json: {
    choices: [{ index: 0, message: { role: 'assistant', content: 'chat' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  },
}

// As somebody writes it: blanks, escapes, long numbers, fields that nobody knows.
const WRITTEN = `{ "model" : "openai",
  "input": [ {"type":"message","role":"user","content":"caf\\u00e9 12345678901234567890"} ],
  "tools": [{"type":"web_search"}, {"type":"tool_search","execution":"client"}, {"type":"new_kind"}],
  "tool_choice": {"type":"web_search"},  "include":["web_search_call.action.sources"],
  "conversation": {"id":"conv_1"}, "seed_like": 9007199254740993, "truncation":"auto" }`

describe('a request of the Responses API', () => {
  it.each(['openai', 'openrouter', 'vllm', 'ollama'])(
    'reaches %s byte for byte, but for the model',
    async (model) => {
      const rig = await createDialectRig()
      const written = WRITTEN.replace('"openai"', `"${model}"`)
      const { status, sentText, sentTo, headers } = await rig.ask('/v1/responses', written, {
        json: RESPONSE,
      })
      expect([status, sentTo]).toEqual([200, ['/v1/responses']])
      expect(sentText[0]).toBe(written.replace(`"${model}"`, `"${model}-model"`))
      expect(headers.has('x-router-dropped')).toBe(false)
    },
  )

  it('is translated for a provider that does not speak it, what it lacks named', async () => {
    const rig = await createDialectRig()
    const tools = [{ type: 'web_search' }, { type: 'function', name: 'f' }]
    const body = { model: 'groq', input: 'hello', tools, reasoning: { summary: 'auto' } }
    const { status, sentTo, sent, headers } = await rig.ask('/v1/responses', body, CHAT)
    expect([status, sentTo]).toEqual([200, ['/v1/chat/completions']])
    expect(sent[0].tools).toHaveLength(1)
    expect(headers.get('x-router-dropped')).toBe('reasoning.summary, tools.web_search')
  })

  it('is refused by name where only another provider could serve it', async () => {
    const rig = await createDialectRig()
    const body = { model: 'groq', input: 'hello', tool_choice: { type: 'web_search' } }
    const { status, json, sent } = await rig.ask('/v1/responses', body, CHAT)
    expect([status, sent]).toEqual([400, []])
    expect(json.error).toMatchObject({ code: 'invalid_request', param: 'tool_choice.type' })
    expect(json.error.message).toContain('web_search')
  })

  it('keeps back what is the router’s own, and reasoning that another model has had', async () => {
    const rig = await createDialectRig()
    const own = { type: 'reasoning', id: `rs_${'0a'.repeat(16)}`, summary: [] }
    const theirs = { type: 'reasoning', id: 'rs_up', summary: [], encrypted_content: 'gAAAA' }
    const said = { role: 'user', content: 'x' }
    const { sent } = await rig.ask(
      '/v1/responses',
      {
        model: 'openai',
        input: [own, theirs, said],
        metadata: { session_id: 's-1' },
        user: 'u'.repeat(80),
      },
      { json: RESPONSE },
    )
    expect(sent[0].input).toEqual([theirs, said])
    expect(sent[0]).not.toHaveProperty('metadata')
    expect(sent[0].user.length).toBeLessThanOrEqual(64)
  })

  it('is translated for a server that turns out not to have the API, from then on at once', async () => {
    const rig = await createDialectRig()
    const body = { model: 'ollama', input: 'hello' }
    const missing: Spec = { status: 404, json: '404 page not found' }
    const first = await rig.ask('/v1/responses', body, missing)
    expect(first.sentTo.slice(0, 2)).toEqual(['/v1/responses', '/v1/chat/completions'])
    const second = await rig.ask('/v1/responses', body, CHAT)
    expect([second.status, second.sentTo]).toEqual([200, ['/v1/chat/completions']])
    expect(second.json.output[0].content[0].text).toBe('chat')
  })
})

describe('its answer', () => {
  it('comes back as it is, with its cost', async () => {
    const rig = await createDialectRig()
    const { json, completion } = await rig.ask(
      '/v1/responses',
      { model: 'openai', input: 'hello' },
      { json: RESPONSE },
    )
    const { usage, ...rest } = json
    const { usage: given, ...asGiven } = RESPONSE
    expect(rest).toEqual(asGiven)
    expect(usage).toEqual({ ...given, cost: expect.any(Number) })
    expect(completion?.usage).toMatchObject({
      promptTokens: 2_000,
      completionTokens: 500,
      cachedPromptTokens: 1_000,
    })
  })

  it('in pieces comes back as it is, with the cost at its end, and [DONE]', async () => {
    const rig = await createDialectRig()
    const body = { model: 'openai', input: 'hello', stream: true }
    const { events, text, isClean } = await rig.ask('/v1/responses', body, { sse: EVENTS })
    expect(events.slice(0, 3)).toEqual(EVENTS.slice(0, 3))
    expect(events[3]).toMatchObject({ response: { usage: { cost: expect.any(Number) } } })
    expect([isClean, text.endsWith('data: [DONE]\n\n')]).toEqual([true, true])
  })

  it('is kept as it came, and gone on with by any provider', async () => {
    const rig = await createDialectRig()
    const asked = { model: 'openai', input: 'hello', stream: true }
    await rig.ask('/v1/responses', asked, { sse: EVENTS })
    const next = { input: 'more', previous_response_id: 'resp_up' }
    const native = await rig.ask('/v1/responses', { ...next, model: 'openai' }, { json: RESPONSE })
    expect(native.sent[0]).toEqual({
      model: 'openai-model',
      input: [
        { id: expect.any(String), type: 'message', role: 'user', content: 'hello' },
        ...RESPONSE.output,
        { role: 'user', content: 'more' },
      ],
    })
    await rig.ask('/v1/responses', asked, { sse: EVENTS })
    const other = await rig.ask('/v1/responses', { ...next, model: 'groq' }, CHAT)
    expect(other.sent[0].messages.map(({ content }: { content: unknown }) => content)).toEqual([
      'hello',
      'Grüße',
      'more',
    ])
  })

  it('in the other form than was asked for is told in the one that was', async () => {
    const rig = await createDialectRig()
    const body = { model: 'openai', input: 'hello' }
    const whole = await rig.ask('/v1/responses', body, { sse: EVENTS })
    expect(whole.json).toMatchObject({ id: 'resp_up', status: 'completed' })
    const told = await rig.ask('/v1/responses', { ...body, stream: true }, { json: RESPONSE })
    expect(told.events.map(({ type }) => type)).toContain('response.completed')
  })

  it('that is a failure under 200 is none', async () => {
    const rig = await createDialectRig()
    const failed = { ...RESPONSE, status: 'failed', error: { code: 'server_error', message: 'no' } }
    const body = { model: 'openai', input: 'hello' }
    const whole = await rig.ask('/v1/responses', body, { json: failed })
    expect(whole.status).toBeGreaterThanOrEqual(500)
    const sse = [EVENTS[0] as object, { type: 'response.failed', response: failed }]
    const begun = await rig.ask('/v1/responses', { ...body, stream: true }, { sse })
    expect(begun.status).toBeGreaterThanOrEqual(500)
  })

  it('that breaks off is told as broken off', async () => {
    const rig = await createDialectRig()
    const body = { model: 'openai', input: 'hello', stream: true }
    const told = await rig.ask('/v1/responses', body, { sse: EVENTS.slice(0, 3) })
    expect(told.isClean).toBe(false)
    expect(told.events.at(-1)).toMatchObject({ type: 'error', code: 'upstream_interrupted' })
  })
})

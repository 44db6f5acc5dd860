// What a provider says beside its answer, or about it, as the caller is told it; and what of a request is the router's own.
import { describe, expect, it } from 'vitest'
import { chunk, question, stream, whole } from '../support/answer-forms.ts'
import { createDialectRig, type Spec } from '../support/dialect-rig.ts'

const HEADERS = {
  'x-request-id': 'req_up_1',
  'x-ratelimit-remaining-requests': '41',
  'x-ratelimit-reset-tokens': '6m0s',
  'anthropic-ratelimit-input-tokens-remaining': '900',
  'set-cookie': 'secret=1',
  server: 'somewhere',
}
const chat = { model: 'oai', messages: [question] }

describe('headers of the provider', () => {
  it.each([
    ['whole', false, whole({ content: 'ok' })],
    ['streamed', true, stream(chunk({ content: 'ok' }), chunk({}, 'stop'))],
  ])('that concern the caller come back under a prefix, %s', async (_, isStream, answer) => {
    const rig = await createDialectRig()
    const body = { ...chat, stream: isStream }
    const { headers } = await rig.ask('/v1/chat/completions', body, { ...answer, headers: HEADERS })
    expect(headers.get('x-router-upstream-request-id')).toBe('req_up_1')
    expect(headers.get('x-router-upstream-ratelimit-remaining-requests')).toBe('41')
    expect(headers.get('x-router-upstream-ratelimit-reset-tokens')).toBe('6m0s')
    expect(headers.get('x-router-upstream-anthropic-ratelimit-input-tokens-remaining')).toBe('900')
    expect([...headers.keys()].filter((name) => /cookie|server/.test(name))).toEqual([])
  })
})

describe('an overloaded Anthropic', () => {
  const overloaded: Spec = {
    status: 529,
    json: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  }
  it('stays a 529 for its own clients, and is a 503 for others', async () => {
    const rig = await createDialectRig({
      resilience: { max_attempts: 1, breaker_failures: 1000, cooldown_ms: 0 },
    })
    const body = { model: 'ant', messages: [question] }
    const own = await rig.ask('/v1/messages', { ...body, max_tokens: 9 }, overloaded)
    expect([own.status, own.json.error.type]).toEqual([529, 'overloaded_error'])
    const other = await rig.ask('/v1/chat/completions', body, overloaded)
    expect(other.status).toBe(503)
  })
})

describe('a turn that is to be gone on with (`pause_turn`)', () => {
  const paused: Spec = {
    json: {
      id: 'm',
      type: 'message',
      model: 'claude-x',
      content: [{ type: 'text', text: 'So far' }],
      stop_reason: 'pause_turn',
      usage: { input_tokens: 3, output_tokens: 2 },
    },
  }
  it('is told as it is to its own clients, and as cut short to others', async () => {
    const rig = await createDialectRig()
    const body = { model: 'ant', messages: [question] }
    const own = await rig.ask('/v1/messages', { ...body, max_tokens: 9 }, paused)
    expect(own.json.stop_reason).toBe('pause_turn')
    const other = await rig.ask('/v1/chat/completions', body, paused)
    expect(other.json.choices[0].finish_reason).toBe('length')
    const response = await rig.ask('/v1/responses', { model: 'ant', input: 'hello' }, paused)
    expect(response.json.status).toBe('incomplete')
  })
})

describe('the caller of a tool that is a program', () => {
  const caller = { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' }
  const use = { type: 'tool_use', id: 'toolu_1', name: 'depth', input: { lake: 'Mjøsa' }, caller }
  it('comes with the call, and goes back with it', async () => {
    const rig = await createDialectRig()
    const body = { model: 'ant', messages: [question] }
    const json = { id: 'm', type: 'message', content: [use], stop_reason: 'tool_use' }
    const told = await rig.ask('/v1/chat/completions', body, { json })
    const { message } = told.json.choices[0]
    expect(message.tool_calls[0].caller).toEqual(caller)
    const result = { role: 'tool', tool_call_id: 'toolu_1', content: '453 m' }
    const next = { ...body, messages: [question, message, result] }
    const { sent } = await rig.ask('/v1/chat/completions', next, { json })
    expect(sent[0].messages[1].content[0]).toEqual(use)
  })
})

describe('metadata.session_id', () => {
  it('is the router’s own: no provider is sent it', async () => {
    const rig = await createDialectRig()
    const metadata = { session_id: 's-1', team: 'a' }
    const ok = whole({ content: 'ok' })
    const kept = await rig.ask('/v1/chat/completions', { ...chat, metadata }, ok)
    expect(kept.sent[0].metadata).toEqual({ team: 'a' })
    const alone = { session_id: 's-1' }
    const gone = await rig.ask('/v1/chat/completions', { ...chat, metadata: alone }, ok)
    expect(gone.sent[0]).not.toHaveProperty('metadata')
    const response = { json: { id: 'r', status: 'completed', output: [] } }
    const native = { model: 'openai', input: 'hello', metadata }
    const told = await rig.ask('/v1/responses', native, response)
    expect(told.sent[0].metadata).toEqual({ team: 'a' })
  })

  it('and no metadata goes to OpenAI without `store`', async () => {
    const rig = await createDialectRig()
    const body = { model: 'openai', messages: [question], metadata: { team: 'a' } }
    const ok = whole({ content: 'ok' })
    const without = await rig.ask('/v1/chat/completions', body, ok)
    expect(without.sent[0]).not.toHaveProperty('metadata')
    const stored = await rig.ask('/v1/chat/completions', { ...body, store: true }, ok)
    expect(stored.sent[0].metadata).toEqual({ team: 'a' })
  })
})

it.each(['mistral', 'deepseek', 'together', 'vllm'])(
  'functions in the older form are tools for %s, and come back as they were asked',
  async (model) => {
    const rig = await createDialectRig()
    const fn = { name: 'depth', parameters: { type: 'object', properties: {} } }
    const call = { id: 'abcdefghi', type: 'function', function: { name: 'depth', arguments: '{}' } }
    const told = await rig.ask(
      '/v1/chat/completions',
      { model, messages: [question], functions: [fn], function_call: { name: 'depth' } },
      whole({ content: null, tool_calls: [call] }, 'tool_calls'),
    )
    expect(told.sent[0]).not.toHaveProperty('functions')
    expect(told.sent[0].tools[0].function.name).toBe('depth')
    expect(told.sent[0].tool_choice).toEqual({ type: 'function', function: { name: 'depth' } })
    expect(told.json.choices[0]).toMatchObject({
      finish_reason: 'function_call',
      message: { function_call: { name: 'depth', arguments: '{}' } },
    })
  },
)

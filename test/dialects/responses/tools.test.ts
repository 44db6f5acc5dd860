// Tools as coding agents send them: functions, custom tools and namespaces of both, offered as functions and called back
// by what they are, whole and in pieces.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/dialects/json.ts'
import { createNotes } from '../../../src/dialects/responses/notes.ts'
import { createResponsesDialect } from '../../../src/dialects/responses/reply.ts'
import { toChatRequest } from '../../../src/dialects/responses/request.ts'
import { responsesRequestSchema } from '../../../src/dialects/responses/schema.ts'
import { toChatTools } from '../../../src/dialects/responses/tools.ts'
import { validate } from '../../../src/http/request/validate.ts'
import { chunkEvent, DONE } from '../../support/fake-provider.ts'
import { drainText, readEvents, streamOf } from '../../support/sse.ts'

const parameters = { type: 'object', properties: { path: { type: 'string' } } }
const TOOLS = [
  { type: 'function', name: 'read', description: 'Reads a file.', parameters, strict: true },
  {
    type: 'custom',
    name: 'patch',
    description: 'Changes files.',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
  },
  {
    type: 'namespace',
    name: 'helpers',
    description: 'Other agents.',
    tools: [
      { type: 'function', name: 'start', description: 'Starts one.', parameters },
      { type: 'function', name: 'read', parameters },
      { type: 'custom', name: 'tell' },
    ],
  },
  { type: 'web_search', external_web_access: true },
  { type: 'tool_search', execution: 'client' },
]

const read = (body: JsonObject) => {
  const whole = { model: 'auto', input: 'hello', tools: TOOLS, ...body }
  return toChatRequest(whole, validate(responsesRequestSchema, whole), () => undefined)
}
const functionsOf = (tools: readonly unknown[]) =>
  toChatTools(tools, createNotes()).tools.map((tool) => tool.function as JsonObject)

const dialectOf = (body: JsonObject = {}) => {
  let ids = 0
  const request = { model: 'auto', input: 'hello', tools: TOOLS, ...body }
  return createResponsesDialect({
    id: 'resp_0',
    createdAt: 1,
    now: () => 2_000,
    request,
    isStored: false,
    names: read(body).names,
    newId: () => `${++ids}`,
    onResponse: () => undefined,
  })
}
const answerOf = (message: JsonObject, body: JsonObject = {}): JsonObject[] =>
  dialectOf(body).json({
    model: 'm',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  }).output as JsonObject[]

const call = (name: string, written: string, id = 'call_1') => ({
  id,
  type: 'function',
  function: { name, arguments: written },
})

describe('a mixed list of tools', () => {
  it('is offered as functions, by names that are unique, in the order it came', () => {
    expect(functionsOf(TOOLS).map(({ name }) => name)).toEqual([
      'read',
      'patch',
      'start',
      'helpers__read',
      'tell',
    ])
  })

  it('says of a member what its namespace says, and of a text what it must follow', () => {
    const [, patch, start, , tell] = functionsOf(TOOLS)
    expect(start?.description).toBe('Starts one.\n\nPart of helpers: Other agents.')
    expect(patch?.description).toContain('follow this lark grammar:\nstart: "x"')
    expect(patch?.parameters).toMatchObject({ required: ['input'], additionalProperties: false })
    expect(tell?.description).toBe('Part of helpers: Other agents.')
  })

  it('gives tools outside of namespaces their own names, wherever they stand', () => {
    expect(functionsOf(TOOLS.toReversed()).map(({ name }) => name)).toEqual([
      'start',
      'helpers__read',
      'tell',
      'patch',
      'read',
    ])
  })

  it('leaves out with a note what only its provider runs, where it is not forced', () => {
    expect(read({ tool_choice: 'auto' })).toMatchObject({
      dropped: ['tools.web_search', 'tools.tool_search'],
      untranslatable: [],
    })
    expect(read({ tool_choice: { type: 'web_search' } }).untranslatable).toEqual([
      'tool_choice.type (web_search)',
    ])
  })

  it('offers what an earlier search has found', () => {
    const found = {
      type: 'tool_search_output',
      call_id: 'c',
      tools: [{ type: 'function', name: 'z' }],
    }
    const { body } = read({ tools: [], input: [found, { role: 'user', content: 'x' }] })
    expect(body.tools).toEqual([{ type: 'function', function: { name: 'z' } }])
  })

  it('is chosen from by kind, name and namespace', () => {
    const chosen = (choice: JsonObject) => read({ tool_choice: choice }).body.tool_choice
    expect(chosen({ type: 'custom', name: 'patch' })).toEqual({
      type: 'function',
      function: { name: 'patch' },
    })
    expect(chosen({ type: 'function', name: 'read', namespace: 'helpers' })).toEqual({
      type: 'function',
      function: { name: 'helpers__read' },
    })
  })
})

describe('a call', () => {
  it('of a custom tool is told by its text', () => {
    const [item] = answerOf({ tool_calls: [call('patch', '{"input":"*** Begin\\n"}')] })
    expect(item).toEqual({
      id: 'ctc_1',
      type: 'custom_tool_call',
      status: 'completed',
      call_id: 'call_1',
      name: 'patch',
      input: '*** Begin\n',
    })
  })

  it('of a member is told with its namespace', () => {
    const [first, second] = answerOf({
      tool_calls: [call('helpers__read', '{"path":"a"}'), call('tell', 'not JSON', 'call_2')],
    })
    expect(first).toMatchObject({ type: 'function_call', name: 'read', namespace: 'helpers' })
    expect(second).toMatchObject({
      type: 'custom_tool_call',
      name: 'tell',
      namespace: 'helpers',
      input: 'not JSON',
    })
  })

  it('of a custom tool that a provider itself tells keeps name and text', () => {
    const [item] = answerOf({
      tool_calls: [{ id: 'call_9', type: 'custom', custom: { name: 'patch', input: 'abc' } }],
    })
    expect(item).toMatchObject({ type: 'custom_tool_call', call_id: 'call_9', input: 'abc' })
  })

  it('that comes in pieces is told as one, a text when it is whole', async () => {
    const parts = [
      chunkEvent({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'patch' } }] }),
      chunkEvent({ tool_calls: [{ index: 0, function: { arguments: '{"inp' } }] }),
      chunkEvent({ tool_calls: [{ index: 0, function: { arguments: 'ut":"héllo"}' } }] }),
      chunkEvent({ tool_calls: [{ index: 1, id: 'c2', custom: { name: 'tell', input: 'a' } }] }),
      chunkEvent({ tool_calls: [{ index: 1, custom: { input: 'b' } }] }),
      chunkEvent({}, { finish_reason: 'tool_calls' }),
      DONE,
    ].map((text) => new TextEncoder().encode(text))
    const { text } = await drainText(dialectOf().stream(streamOf(parts)))
    const events = readEvents(text).map(({ data }) => data)
    const inputs = events.filter(({ type }) => String(type).includes('custom_tool_call_input'))
    expect(inputs.map(({ type, delta, input }) => [type, delta ?? input])).toEqual([
      ['response.custom_tool_call_input.delta', 'héllo'],
      ['response.custom_tool_call_input.done', 'héllo'],
      ['response.custom_tool_call_input.delta', 'ab'],
      ['response.custom_tool_call_input.done', 'ab'],
    ])
  })
})

describe('calls of earlier turns', () => {
  it('stand under the names that their tools are offered by', () => {
    const { body } = read({
      input: [
        { role: 'user', content: 'x' },
        {
          type: 'function_call',
          call_id: 'a',
          name: 'read',
          namespace: 'helpers',
          arguments: '{}',
        },
        { type: 'custom_tool_call', call_id: 'b', name: 'patch', input: 'say "hi"' },
        { type: 'function_call_output', call_id: 'a', output: 'one' },
        { type: 'custom_tool_call_output', call_id: 'b', output: 'two' },
        {
          type: 'local_shell_call',
          id: 'l',
          call_id: 'c',
          status: 'completed',
          action: { type: 'exec' },
        },
        { type: 'local_shell_call_output', call_id: 'c', output: '{"exit":0}' },
      ],
    })
    const [, calls, one, two, shell, told] = body.messages as JsonObject[]
    expect(calls?.tool_calls).toEqual([
      call('helpers__read', '{}', 'a'),
      call('patch', '{"input":"say \\"hi\\""}', 'b'),
    ])
    expect([one, two].map((message) => message?.content)).toEqual(['one', 'two'])
    expect(shell?.tool_calls).toEqual([call('local_shell', '{"action":{"type":"exec"}}', 'c')])
    expect(told).toMatchObject({ role: 'tool', tool_call_id: 'c', content: '{"exit":0}' })
  })
})

describe('what else an answer holds', () => {
  const include = ['reasoning.encrypted_content']
  const block = { type: 'thinking', thinking: 'Hm.', signature: 'sig' }
  const thoughtful = { content: 'ok', reasoning_content: 'Hm.', thinking_blocks: [block] }

  it('carries signed thoughts where asked, and gives them back to their turn', () => {
    const [item] = answerOf(thoughtful, { include })
    expect(item).toMatchObject({ type: 'reasoning', summary: [{ text: 'Hm.' }] })
    const { body, dropped } = read({
      tools: [],
      input: [item, { role: 'assistant', content: 'ok' }, { role: 'user', content: 'x' }],
    })
    expect(body.messages[0]).toEqual({
      role: 'assistant',
      content: 'ok',
      reasoning_content: 'Hm.',
      thinking_blocks: [block],
    })
    expect(dropped).toEqual([])
    expect(answerOf(thoughtful)[0]).not.toHaveProperty('encrypted_content')
  })

  it('reads thoughts told in details alone, and carries what is encrypted of them', () => {
    const details = [
      { type: 'reasoning.summary', summary: 'Short.' },
      { type: 'reasoning.encrypted', data: 'xyz' },
    ]
    const [item] = answerOf({ content: 'ok', reasoning_details: details }, { include })
    expect(item).toMatchObject({ summary: [{ text: 'Short.' }] })
    expect(item?.encrypted_content).toBeTypeOf('string')
  })

  it('tells an image as one that was generated, and the place of one that is elsewhere', () => {
    const images = ['data:image/png;base64,AAAA', 'https://images.example/a.png'].map((url) => ({
      type: 'image_url',
      image_url: { url },
    }))
    expect(answerOf({ content: null, images })).toMatchObject([
      { type: 'image_generation_call', status: 'completed', result: 'AAAA' },
      { type: 'message', content: [{ text: '![](https://images.example/a.png)' }] },
    ])
  })

  it('tells what is spoken, and its words as text', () => {
    const audio = { id: 'audio_1', data: 'AAAA', transcript: 'Hello.', expires_at: 9 }
    expect(answerOf({ content: null, audio })).toMatchObject([
      {
        type: 'message',
        content: [{ type: 'output_text', text: 'Hello.' }],
        audio: { id: 'audio_1', data: 'AAAA', expires_at: 9 },
      },
    ])
  })

  it('tells the tier that served, and the phase', () => {
    const answer = dialectOf({ service_tier: 'auto' }).json({
      service_tier: 'priority',
      choices: [{ message: { content: 'x', phase: 'final_answer' }, finish_reason: 'stop' }],
    })
    expect(answer).toMatchObject({
      service_tier: 'priority',
      completed_at: 2,
      output: [{ phase: 'final_answer' }],
    })
  })
})

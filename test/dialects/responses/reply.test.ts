import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonObject, objectsOf } from '../../../src/dialects/json.ts'
import { createResponsesDialect } from '../../../src/dialects/responses/reply.ts'
import { responseSchema } from '../../../src/dialects/responses/schema.ts'
import { createToolNames } from '../../../src/dialects/responses/tool-names.ts'
import {
  chunkEvent,
  DONE,
  dataEvent,
  ROLE,
  STOP,
  USAGE,
  WORDS,
} from '../../support/fake-provider.ts'
import { cut, drainText, readEvents, type SseEvent, streamOf } from '../../support/sse.ts'

const REQUEST = { model: 'auto', input: 'hello', temperature: 0.5, metadata: { ticket: '42' } }
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const createDialect = (
  onItem: (item: JsonObject) => void = () => {},
  request: JsonObject = REQUEST,
  names = createToolNames(),
) => {
  let ids = 0
  const newId = () => `${++ids}`
  return createResponsesDialect({
    id: 'resp_0',
    createdAt: 1,
    now: () => 2_000,
    request,
    isStored: false,
    names,
    newId,
    onResponse: (response) => objectsOf(response.output).forEach(onItem),
  })
}

const translate = async (parts: Uint8Array[], error?: Error) => {
  const kept: JsonObject[] = []
  const dialect = createDialect((item) => kept.push(structuredClone(item)))
  const { text, error: ended } = await drainText(dialect.stream(streamOf(parts, error)))
  return { text, events: readEvents(text), ended, kept }
}
/** Without `[DONE]`, which follows an answer's last event. */
const toldIn = (events: SseEvent[]) => events.filter(({ data }) => data.done !== true)
const typesOf = (events: SseEvent[]) => toldIn(events).map(({ data }) => data.type)
const lastOf = (events: SseEvent[]) => toldIn(events).at(-1)?.data.response as JsonObject

const toolChunk = (calls: object[]) => chunkEvent({ tool_calls: calls })
const CALLS = [
  toolChunk([{ index: 0, id: 'call_a', function: { name: 'f', arguments: '' } }]),
  toolChunk([{ index: 0, function: { arguments: '{"city":"Zü' } }]),
  toolChunk([{ index: 1, id: 'call_b', function: { name: 'g', arguments: '{' } }]),
  toolChunk([
    { index: 0, function: { arguments: 'rich"}' } },
    { index: 1, function: { arguments: '}' } },
  ]),
  chunkEvent({}, { finish_reason: 'tool_calls' }),
]
const TEXT = [ROLE, ...WORDS, STOP, USAGE, DONE]

describe('a streamed text', () => {
  it('is told in the order of the Responses API', async () => {
    const { events, ended } = await translate([bytesOf(TEXT.join(''))])
    expect(ended).toBeNull()
    expect(typesOf(events)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      ...WORDS.map(() => 'response.output_text.delta'),
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(events.at(-1)?.data).toEqual({ done: true })
    for (const [i, { event, data }] of toldIn(events).entries()) {
      expect(event).toBe(data.type)
      expect(data.sequence_number).toBe(i)
    }
  })

  it('begins with an empty response and ends with the whole one', async () => {
    const { events, kept } = await translate([bytesOf(TEXT.join(''))])
    const first = events[0]?.data.response
    expect(first).toMatchObject({ id: 'resp_0', status: 'in_progress', output: [], usage: null })
    const last = lastOf(events)
    responseSchema.parse(last)
    const message = {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Grüße aus 東京 🚄!', annotations: [], logprobs: [] }],
    }
    expect(last).toMatchObject({
      status: 'completed',
      model: 'up',
      error: null,
      incomplete_details: null,
      temperature: 0.5,
      metadata: { ticket: '42' },
      store: false,
      output: [message],
      usage: {
        input_tokens: 7,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 10,
      },
    })
    expect(kept).toEqual([message])
  })

  it.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ])('that ends with %s is incomplete, never completed', async (finish_reason, reason) => {
    const stream = [ROLE, ...WORDS, chunkEvent({}, { finish_reason }), DONE]
    const { events } = await translate([bytesOf(stream.join(''))])
    expect(toldIn(events).at(-1)?.event).toBe('response.incomplete')
    expect(lastOf(events)).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason },
      output: [{ status: 'incomplete' }],
    })
  })
})

describe('streamed calls', () => {
  it('are items of their own, with interleaved arguments put together', async () => {
    const { events } = await translate([bytesOf([ROLE, ...CALLS, USAGE, DONE].join(''))])
    expect(lastOf(events).output).toEqual([
      {
        id: 'fc_1',
        type: 'function_call',
        status: 'completed',
        call_id: 'call_a',
        name: 'f',
        arguments: '{"city":"Zürich"}',
      },
      {
        id: 'fc_2',
        type: 'function_call',
        status: 'completed',
        call_id: 'call_b',
        name: 'g',
        arguments: '{}',
      },
    ])
    const added = events.filter(({ event }) => event === 'response.output_item.added')
    expect(added.map(({ data }) => (data.item as JsonObject).name)).toEqual(['f', 'g'])
    const deltas = events.filter(({ data }) => data.item_id === 'fc_1' && 'delta' in data)
    expect(deltas.map(({ data }) => data.delta).join('')).toBe('{"city":"Zürich"}')
    const done = events.filter(({ event }) => event === 'response.function_call_arguments.done')
    expect(done.map(({ data }) => data.arguments)).toEqual(['{"city":"Zürich"}', '{}'])
  })

  it('close the text before them', async () => {
    const { events } = await translate([bytesOf([ROLE, ...WORDS, ...CALLS, DONE].join(''))])
    const types = typesOf(events)
    const closed = types.indexOf('response.output_item.done')
    expect(closed).toBeLessThan(types.indexOf('response.function_call_arguments.delta'))
    expect((lastOf(events).output as JsonObject[]).map(({ type }) => type)).toEqual([
      'message',
      'function_call',
      'function_call',
    ])
  })

  it('of one index are told apart by their ids, and a late name is waited for', async () => {
    const stream = [
      toolChunk([{ index: 0, id: 'call_a', function: { arguments: '{"x"' } }]),
      toolChunk([{ index: 0, id: 'call_a', function: { name: 'f', arguments: ':1}' } }]),
      toolChunk([{ index: 0, id: 'call_b', function: { name: 'g', arguments: '{}' } }]),
      DONE,
    ]
    const { events } = await translate([bytesOf(stream.join(''))])
    expect(lastOf(events).output).toMatchObject([
      { call_id: 'call_a', name: 'f', arguments: '{"x":1}' },
      { call_id: 'call_b', name: 'g', arguments: '{}' },
    ])
  })
})

describe('other content', () => {
  it('of reasoning comes as a summary before the message', async () => {
    const stream = [
      chunkEvent({ reasoning_content: 'Let me ' }),
      chunkEvent({ reasoning: 'see.' }),
      ...TEXT,
    ]
    const { events } = await translate([bytesOf(stream.join(''))])
    expect(lastOf(events).output).toMatchObject([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me see.' }] },
      { type: 'message' },
    ])
    expect(typesOf(events)).toContain('response.reasoning_summary_text.delta')
  })

  it('of a refusal is a part of its own', async () => {
    const stream = [
      chunkEvent({ refusal: 'I can’t ' }),
      chunkEvent({ refusal: 'do that.' }),
      STOP,
      DONE,
    ]
    const { events } = await translate([bytesOf(stream.join(''))])
    expect(lastOf(events).output).toMatchObject([
      { content: [{ type: 'refusal', refusal: 'I can’t do that.' }] },
    ])
    expect(typesOf(events)).toContain('response.refusal.done')
  })

  it('of logprobs and citations stays with the text', async () => {
    const logprob = { token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }
    const cited = { start_index: 0, end_index: 2, url: 'https://example.org', title: 'E' }
    const stream = [
      chunkEvent({ content: 'Hi' }, { logprobs: { content: [logprob] } }),
      chunkEvent({ annotations: [{ type: 'url_citation', url_citation: cited }] }),
      STOP,
      DONE,
    ]
    const { events } = await translate([bytesOf(stream.join(''))])
    expect(lastOf(events).output).toMatchObject([
      { content: [{ logprobs: [logprob], annotations: [{ type: 'url_citation', ...cited }] }] },
    ])
  })

  it('of none at all is one empty message', async () => {
    const { events } = await translate([bytesOf([ROLE, STOP, DONE].join(''))])
    expect(lastOf(events).output).toMatchObject([{ type: 'message', content: [{ text: '' }] }])
  })
})

const GONE = {
  message: 'The provider went away.',
  type: 'server_error',
  param: null,
  code: 'upstream_interrupted',
}

describe('an answer that breaks off', () => {
  it('ends in an error event, response.failed and an errored stream', async () => {
    const source = [ROLE, ...WORDS.slice(0, 2), dataEvent({ error: GONE })].map(bytesOf)
    const { events, ended, kept } = await translate(source, new Error('cut'))
    expect(ended).toMatchObject({ message: 'cut' })
    expect(typesOf(events).slice(-2)).toEqual(['error', 'response.failed'])
    expect(typesOf(events)).not.toContain('response.completed')
    expect(events.at(-2)?.data).toMatchObject({
      type: 'error',
      code: 'upstream_interrupted',
      message: GONE.message,
      error: GONE,
    })
    expect(lastOf(events)).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: GONE.message },
      output: [{ content: [{ text: 'Grüße aus' }] }],
    })
    expect(kept).toEqual([])
  })

  it('is no whole one where the source ends cleanly without [DONE]', async () => {
    const { events, ended } = await translate([bytesOf(ROLE + WORDS.join(''))])
    expect(ended).toMatchObject({ code: 'upstream_interrupted' })
    expect(events.at(-1)?.event).toBe('response.failed')
  })

  it('says nothing more than came where the client has left', async () => {
    const { events, ended } = await translate([bytesOf(ROLE + WORDS[0])], new Error('left'))
    expect(ended).toMatchObject({ message: 'left' })
    expect(typesOf(events).at(-1)).toBe('response.output_text.delta')
  })

  it('cancels the source when the client cancels', async () => {
    let cancelled: unknown = null
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytesOf(ROLE)),
      cancel: (reason) => {
        cancelled = reason
      },
    })
    const reader = createDialect().stream(source).getReader()
    await reader.read()
    await reader.cancel('left')
    expect(cancelled).toBe('left')
  })
})

const STREAMS = {
  text: TEXT.join(''),
  'calls with CRLF and comments': `: ping\n\n${[ROLE, ...CALLS, USAGE, DONE].join('').replaceAll('\n', '\r\n')}`,
  'reasoning, text and calls': [
    chunkEvent({ reasoning: '思考 🚄' }),
    ...WORDS,
    ...CALLS,
    DONE,
  ].join(''),
  'an error event': [ROLE, ...WORDS, dataEvent({ error: GONE })].join(''),
  'no end': [ROLE, ...WORDS].join(''),
}

describe.each(Object.entries(STREAMS))('any chunking of %s', (_name, text) => {
  const bytes = bytesOf(text)

  it('gives the same bytes, split anywhere', async () => {
    const expected = (await translate([bytes])).text
    expect(expected).not.toContain('\ufffd')
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
    expect((await translate(single)).text).toBe(expected)
    for (let at = 1; at < bytes.length; at += 1) {
      const halves = [bytes.subarray(0, at), bytes.subarray(at)]
      expect((await translate(halves)).text, `split at byte ${at}`).toBe(expected)
    }
  })

  it('gives the same bytes, split at random', async () => {
    const expected = (await translate([bytes])).text
    const lengths = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(lengths, async (given) => {
        expect((await translate(cut(bytes, given))).text).toBe(expected)
      }),
      { numRuns: 30 },
    )
  })
})

describe('a whole answer', () => {
  const choice = (message: object, finish_reason = 'stop') => ({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'up',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
    usage: {
      prompt_tokens: 7,
      completion_tokens: 3,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 2 },
      cost: 0.25,
    },
  })

  it('says its counts and its cost in the names of the Responses API', () => {
    const { usage } = createDialect().json(choice({ content: 'Hi.' }))
    expect(usage).toEqual({
      input_tokens: 7,
      input_tokens_details: { cache_write_tokens: 0, cached_tokens: 4 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 10,
      cost: 0.25,
    })
  })

  it('is the response that the same answer in pieces ends with', async () => {
    const piece = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    const answer = fc.record({
      thoughts: fc.array(piece, { maxLength: 3 }),
      words: fc.array(piece, { minLength: 1, maxLength: 5 }),
      calls: fc.array(fc.array(piece, { maxLength: 3 }), { maxLength: 3 }),
      reason: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter'),
    })
    await fc.assert(
      fc.asyncProperty(answer, async ({ thoughts, words, calls, reason }) => {
        const callOf = (args: string[], index: number) => ({
          index,
          id: `call_${index}`,
          type: 'function',
          function: { name: `f${index}`, arguments: args.join('') },
        })
        const whole = createDialect().json(
          choice(
            {
              content: words.join(''),
              ...(thoughts.length && { reasoning_content: thoughts.join('') }),
              ...(calls.length && { tool_calls: calls.map(callOf) }),
            },
            reason,
          ),
        )
        const stream = [
          ROLE,
          ...thoughts.map((text) => chunkEvent({ reasoning_content: text })),
          ...words.map((content) => chunkEvent({ content })),
          ...calls.flatMap((args, index) => [
            toolChunk([callOf([], index)]),
            ...args.map((arg) => toolChunk([{ index, function: { arguments: arg } }])),
          ]),
          chunkEvent({}, { finish_reason: reason }),
          dataEvent({ choices: [], usage: choice({}).usage }),
          DONE,
        ]
        const { events } = await translate([bytesOf(stream.join(''))])
        expect(lastOf(events)).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })
})

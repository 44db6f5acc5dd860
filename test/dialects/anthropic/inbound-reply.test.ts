// Chat completions and chat chunks → Anthropic messages and events.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toMessage } from '../../../src/dialects/anthropic/inbound-reply.ts'
import { createMessageWriter } from '../../../src/dialects/anthropic/inbound-stream.ts'
import { translateEvents } from '../../../src/dialects/event-stream.ts'
import { chunkEvent, DONE, dataEvent, ROLE, STOP, WORDS } from '../../support/fake-provider.ts'
import { drain } from '../../upstream/harness.ts'

const completion = (message: object, rest: object = {}, usage: object = {}) => ({
  id: 'chatcmpl-7',
  object: 'chat.completion',
  model: 'gpt-x',
  choices: [
    { index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...rest },
  ],
  usage: { prompt_tokens: 20, completion_tokens: 5, ...usage },
})

const call = (args: string) => ({
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: args } }],
})

describe('a completion', () => {
  it('is a message with usage that counts cached tokens apart', () => {
    const usage = { prompt_tokens_details: { cached_tokens: 8 }, cost: 0.5 }
    expect(toMessage(completion({ content: 'Hi' }, {}, usage), false)).toEqual({
      id: 'msg_7',
      type: 'message',
      role: 'assistant',
      model: 'gpt-x',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 12,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 8,
        output_tokens: 5,
        cost: 0.5,
      },
    })
  })

  it.each([
    [{ finish_reason: 'length' }, 'max_tokens', null],
    [{ finish_reason: 'tool_calls' }, 'tool_use', null],
    [{ finish_reason: 'content_filter' }, 'refusal', null],
    [{ finish_reason: 'stop', stop_reason: 'END' }, 'stop_sequence', 'END'],
    [{ finish_reason: 'stop', stop_reason: 128009 }, 'end_turn', null],
  ])('that ends with %j stops for %s', (rest, reason, sequence) => {
    expect(toMessage(completion({ content: 'x' }, rest), false)).toMatchObject({
      stop_reason: reason,
      stop_sequence: sequence,
    })
  })

  it('tells thoughts only to a caller that asked for thinking', () => {
    const answer = completion({ content: 'Hi', reasoning_content: 'Hm.' })
    expect(toMessage(answer, true).content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: '' },
      { type: 'text', text: 'Hi' },
    ])
    expect(toMessage(answer, false).content).toEqual([{ type: 'text', text: 'Hi' }])
  })

  it('has tool calls with parsed input', () => {
    const answer = completion({ content: null, ...call('{"a":1}') })
    expect(toMessage(answer, false).content).toEqual([
      { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
    ])
  })

  it.each(['{"a":', '[1]', 'null'])(
    'with the arguments %s is no answer, unless it was cut short',
    (args) => {
      expect(() => toMessage(completion(call(args)), false)).toThrow(/arguments/)
      const cut = completion(call(args), { finish_reason: 'length' })
      expect(toMessage(cut, false)).toMatchObject({
        content: [{ input: {} }],
        stop_reason: 'max_tokens',
      })
    },
  )

  it('that refuses says so', () => {
    expect(toMessage(completion({ content: null, refusal: 'No.' }), false)).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
    })
  })
})

const toolDelta = (index: number, fn: object, id?: string) =>
  chunkEvent({ tool_calls: [{ index, ...(id ? { id, type: 'function' } : {}), function: fn }] })

const streamOf = (chunks: Uint8Array[], error?: Error): ReadableStream<Uint8Array> => {
  const left = [...chunks]
  return new ReadableStream(
    {
      pull: (controller) => {
        const chunk = left.shift()
        if (chunk) controller.enqueue(chunk)
        else if (error) controller.error(error)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const told = (chunks: Uint8Array[], error?: Error) =>
  drain(translateEvents(streamOf(chunks, error), createMessageWriter(true)))

interface Event {
  type: string
  index?: number
  content_block?: Record<string, unknown>
  delta?: Record<string, unknown>
  usage?: unknown
}

const eventsOf = (text: string): Event[] =>
  text
    .trimEnd()
    .split('\n\n')
    .map((event) => {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? []
      const value = JSON.parse(String(data)) as Event
      expect(value.type).toBe(name)
      return value
    })

const namesOf = (events: Event[]): string[] => events.map(({ type }) => type)

const USAGE = dataEvent({
  id: 'c1',
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 4, cost: 0.25 },
})

describe('a stream', () => {
  it('of text has every event in its place, the finish behind [DONE]', async () => {
    const { text, error } = await told([bytesOf(ROLE + WORDS.join('') + STOP + USAGE + DONE)])
    expect(error).toBeNull()
    const events = eventsOf(text)
    expect(namesOf(events)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      ...WORDS.map(() => 'content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 9, output_tokens: 4, cost: 0.25 },
    })
  })

  it('opens and closes a block for thoughts, text and each call', async () => {
    const { text } = await told([
      bytesOf(
        [
          ROLE,
          chunkEvent({ reasoning_content: 'Hm.' }),
          chunkEvent({ content: 'Hi' }),
          toolDelta(0, { name: 'f', arguments: '' }, 'c1'),
          toolDelta(0, { arguments: '{"a":' }),
          toolDelta(0, { arguments: '1}' }),
          toolDelta(1, { name: 'g', arguments: '{}' }, 'c2'),
          chunkEvent({}, { finish_reason: 'tool_calls' }),
          DONE,
        ].join(''),
      ),
    ])
    const events = eventsOf(text)
    const opened = events.filter(({ type }) => type === 'content_block_start')
    expect(
      opened.map(({ index, content_block: block }) => [index, block?.type, block?.id]),
    ).toEqual([
      [0, 'thinking', undefined],
      [1, 'text', undefined],
      [2, 'tool_use', 'c1'],
      [3, 'tool_use', 'c2'],
    ])
    expect(
      events.filter(({ type }) => type === 'content_block_stop').map(({ index }) => index),
    ).toEqual([0, 1, 2, 3])
    expect(events.at(-2)?.delta).toMatchObject({ stop_reason: 'tool_use' })
  })

  it('with interleaved calls, or calls that share an index, has whole blocks, one open at a time', async () => {
    const interleaved = [
      toolDelta(0, { name: 'f', arguments: '{"a"' }, 'c1'),
      toolDelta(1, { name: 'g', arguments: '{"b"' }, 'c2'),
      toolDelta(0, { arguments: ':1}' }),
      toolDelta(1, { arguments: ':2}' }),
    ]
    const shared = [
      toolDelta(0, { name: 'f', arguments: '{"a":1}' }, 'c1'),
      toolDelta(0, { name: 'g', arguments: '{"b":2}' }, 'c2'),
    ]
    for (const deltas of [interleaved, shared]) {
      const { text } = await told([bytesOf([ROLE, ...deltas, STOP, DONE].join(''))])
      const inputs = new Map<number | undefined, string>()
      let open: number | undefined
      for (const { type, index, delta } of eventsOf(text)) {
        if (type === 'content_block_start') {
          expect(open).toBeUndefined()
          open = index
        }
        if (type === 'content_block_stop') open = undefined
        if (type !== 'content_block_delta') continue
        expect(index).toBe(open)
        inputs.set(index, (inputs.get(index) ?? '') + delta?.partial_json)
      }
      expect([...inputs.values()]).toEqual(['{"a":1}', '{"b":2}'])
    }
  })

  it('that the provider broke off ends in an error event and an error', async () => {
    const cut = dataEvent({
      error: { message: 'gone', type: 'server_error', code: 'upstream_interrupted' },
    })
    const { text, error } = await told([bytesOf(ROLE + WORDS[0] + cut)], new Error('cut'))
    const events = eventsOf(text)
    expect(events.at(-1)).toEqual({ type: 'error', error: { type: 'api_error', message: 'gone' } })
    expect(namesOf(events)).not.toContain('message_stop')
    expect(error).toMatchObject({ message: 'cut' })
  })

  it('that ends cleanly without [DONE] is a cut all the same', async () => {
    const { text, error } = await told([bytesOf(ROLE + WORDS.join('') + STOP)])
    expect(namesOf(eventsOf(text)).slice(-1)).toEqual(['error'])
    expect(error).toMatchObject({ code: 'upstream_interrupted' })
  })

  it('that the client cancels cancels its source', async () => {
    let reason: unknown = null
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytesOf(ROLE)),
      cancel: (given) => {
        reason = given
      },
    })
    const reader = translateEvents(source, createMessageWriter(false)).getReader()
    await reader.read()
    await reader.cancel('left')
    expect(reason).toBe('left')
  })

  it('is the same for any chunking', async () => {
    const calls = toolDelta(0, { name: 'f', arguments: '{"ü":"東"}' }, 'c1')
    const bytes = bytesOf(`: hello\n\n${ROLE}${WORDS.join('')}${calls}${STOP}${USAGE}${DONE}`)
    const expected = await told([bytes])
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const chunks: Uint8Array[] = []
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const length = lengths[i % lengths.length] as number
          chunks.push(bytes.subarray(at, at + length))
          at += length
        }
        expect(await told(chunks)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })
})

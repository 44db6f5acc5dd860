import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAnswerStream } from '../../../src/upstream/stream/answer-stream.ts'
import { createChatReader } from '../../../src/upstream/stream/chat-stream.ts'
import { createRepeatedFrames } from '../../../src/upstream/stream/repeated-frames.ts'

const textPieces = fc.oneof(
  fc.constantFrom('', ' word', 'a "quoted" one', 'back\\slash', 'two\nlines', '東京 🚄', '\u2028'),
  fc.string(),
)

const deltas = fc.oneof(
  { weight: 6, arbitrary: fc.record({ content: textPieces }) },
  fc.record({ role: fc.constant('assistant'), content: textPieces }),
  fc.record({ content: fc.constant(null), reasoning_content: textPieces }),
  fc.record({ refusal: textPieces }),
  fc.constant({}),
)

const chunkOf = (
  id: string,
  model: string,
  index: number,
  delta: object,
  reason: string | null,
) => ({
  ...{ id, object: 'chat.completion.chunk', created: 1, model },
  choices: [{ index, delta, finish_reason: reason }],
})

const values = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.oneof({ weight: 8, arbitrary: fc.constant('c1') }, fc.constantFrom('', 'c2')),
        fc.oneof({ weight: 8, arbitrary: fc.constant('up') }, fc.constantFrom('', 'other')),
        fc.constantFrom(0, 0, 0, 1),
        deltas,
        fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, fc.constantFrom('stop', 'length')),
      )
      .map((parts) => chunkOf(...parts)),
  },
  fc.constantFrom(
    { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
    { error: { message: 'gone' } },
    ['no object'],
  ),
)

const frames = fc.oneof(
  { weight: 8, arbitrary: values.map((value) => `data: ${JSON.stringify(value)}\n\n`) },
  values.map((value) => `data: ${JSON.stringify(value, null, 1).replaceAll('\n', '')}\n\n`),
  values.map((value) => `event: message\ndata: ${JSON.stringify(value)}\r\n\r\n`),
  fc.constantFrom(': ping\n\n', 'data: {"content": "half\n\n', 'data: [DONE]\n\n'),
)

/** All that is known of a stream, and the bytes that the client gets. */
const read = (events: readonly string[], isUsageAsked: boolean, patterns?: number) => {
  const options = {
    ...{ isUsageAsked, onInvalidEvent: () => undefined, choices: 1 },
    names: { id: 'chatcmpl-own', model: 'm', isLegacy: false },
    price: { input: null, output: null },
  }
  const stream = createAnswerStream((output) =>
    createChatReader(options, output, createRepeatedFrames(patterns)),
  )
  const seen = events.map((event) => {
    stream.push(new TextEncoder().encode(event))
    return {
      ...stream.progress,
      sample: [stream.sample.text, stream.sample.chars],
      usage: stream.usage,
    }
  })
  stream.end()
  return { seen, bytes: new TextDecoder().decode(stream.take()) }
}

it('reads a stream as it is read where every frame is parsed', () => {
  fc.assert(
    fc.property(fc.array(frames, { maxLength: 20 }), fc.boolean(), (events, isUsageAsked) => {
      expect(read(events, isUsageAsked)).toEqual(read(events, isUsageAsked, 0))
    }),
    { numRuns: 200 },
  )
})

const frameOf = (delta: object): Uint8Array =>
  new TextEncoder().encode(`data: ${JSON.stringify(chunkOf('c1', 'up', 0, delta, null))}\n\n`)

it('knows a frame by its pattern, unless its text is written with escapes or something else is new', () => {
  const repeated = createRepeatedFrames()
  const value = chunkOf('c1', 'up', 0, { content: 'first' }, null)
  const chunk = {
    ...{ kind: 'chunk' as const, value, hasContent: true, isRefusal: false, finished: [] },
    ...{ flaw: undefined, usage: null, isUsageOnly: false, text: 'first' },
  }
  repeated.learn(frameOf({ content: 'first' }), chunk)
  expect(repeated.textOf(frameOf({ content: ' second, {and} 東京' }))).toBe(' second, {and} 東京')
  expect(repeated.textOf(frameOf({ content: 'a "quoted" one' }))).toBeNull()
  expect(repeated.textOf(frameOf({ content: '' }))).toBeNull()
  expect(repeated.textOf(frameOf({ content: 'a', refusal: 'b' }))).toBeNull()
  repeated.forget()
  expect(repeated.textOf(frameOf({ content: 'third' }))).toBeNull()
})

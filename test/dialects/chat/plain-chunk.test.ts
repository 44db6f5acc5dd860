import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createChunkNormaliser } from '../../../src/dialects/chat/normalise-stream.ts'
import { plainTextOf } from '../../../src/dialects/chat/plain-chunk.ts'
import { readChunk } from '../../../src/upstream/stream/chat-chunk.ts'

const NAMES = { id: 'chatcmpl-own', model: 'm', isLegacy: false }

const deltas = fc.record(
  {
    role: fc.constantFrom('assistant', null, 3),
    content: fc.constantFrom('', 'some text', null, ['a'], { text: 'a' }),
    refusal: fc.constantFrom('no', '', null),
    reasoning_content: fc.constantFrom('hm', null),
    tool_calls: fc.constantFrom([], [{ index: 0, id: 'c', type: 'function' }]),
  },
  { requiredKeys: [] },
)

const choices = fc.record(
  {
    index: fc.constantFrom(0, 1),
    delta: fc.oneof(deltas, fc.constant(null)),
    finish_reason: fc.constantFrom(null, '', 'stop', 'EOS'),
    usage: fc.constant({ prompt_tokens: 1, completion_tokens: 2 }),
  },
  { requiredKeys: ['delta'] },
)

const chunks = fc.record(
  {
    id: fc.constantFrom('chatcmpl-1', ''),
    model: fc.constantFrom('m', 'other'),
    choices: fc.array(choices, { maxLength: 2 }),
    usage: fc.constantFrom(null, { prompt_tokens: 1, completion_tokens: 2 }),
    x_groq: fc.constant({ usage: { prompt_tokens: 1, completion_tokens: 2 } }),
  },
  { requiredKeys: ['choices'] },
)

/** The same, with a field that says nothing, so that it is read as any other chunk. */
const withEmptyField = (chunk: { choices: { delta: object | null }[] }) => ({
  ...chunk,
  choices: chunk.choices.map((choice) => ({ ...choice, delta: { ...choice.delta, other: null } })),
})

it('means the same as any other chunk would', () => {
  fc.assert(
    fc.property(chunks, (chunk) => {
      if (plainTextOf(chunk) === null) return
      const { value: _own, ...seen } = readChunk(chunk)
      const { value: _other, ...read } = readChunk(withEmptyField(chunk as never))
      expect(seen).toEqual(read)
    }),
  )
})

it('leaves of a stream what mending each chunk would leave', () => {
  fc.assert(
    fc.property(fc.array(chunks, { maxLength: 4 }), (stream) => {
      const own = createChunkNormaliser(NAMES)
      const other = createChunkNormaliser(NAMES)
      for (const chunk of stream) {
        const mended = own.normalise(chunk)
        const asAny = other.normalise(withEmptyField(chunk as never))
        if (plainTextOf(chunk) !== null) expect(withEmptyField(mended as never)).toEqual(asAny)
      }
      expect(own.finish()).toEqual(other.finish())
      expect(own.hasNameless).toBe(other.hasNameless)
    }),
  )
})

it('is seen in what OpenAI sends', () => {
  const choice = { index: 0, delta: { content: 'Hi' }, logprobs: null, finish_reason: null }
  expect(plainTextOf({ id: 'a', choices: [choice], usage: null })).toBe('Hi')
  expect(plainTextOf({ id: 'a', choices: [{ ...choice, finish_reason: 'stop' }] })).toBeNull()
})

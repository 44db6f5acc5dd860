// What is kept of a provider's error message.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageShape } from '../../src/core/message-shape.ts'

describe('messageShape', () => {
  it.each([
    ['The model `gpt-9` does not exist', 'the model … does not exist'],
    ['Incorrect API key provided: sk-abc123.', 'incorrect api key provided …'],
    [
      "This model's maximum context length is 8192 tokens, you requested 9001",
      'this model … maximum context length is … tokens you requested …',
    ],
    ['insufficient_quota', 'insufficient_quota'],
    ['{"error": "my_secret_name is invalid"}', 'error … is invalid'],
  ])('makes of %s: %s', (message, shape) => {
    expect(messageShape(message)).toBe(shape)
  })

  it('is the same for messages that differ in names and numbers', () => {
    const said = (name: string, ms: number) =>
      messageShape(`Rate limit reached for ${name}: try again in ${ms} ms.`)
    expect(said('org-a', 20)).toBe(said('org-b', 7_000))
  })

  it('is null where nothing of the message is known', () => {
    expect(messageShape('')).toBeNull()
    expect(messageShape('ошибка 42')).toBeNull()
  })

  it('is made of known words alone, and is its own shape', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (message) => {
        const shape = messageShape(message)
        if (shape === null) return
        expect(shape).toMatch(/^(?:[a-z_]+|…)(?: (?:[a-z_]+|…))*$/)
        expect(messageShape(shape)).toBe(shape)
      }),
    )
  })

  it('is short, however long the message', () => {
    expect(messageShape('error '.repeat(100_000))?.split(' ')).toHaveLength(24)
  })
})

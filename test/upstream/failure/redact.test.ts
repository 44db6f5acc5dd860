// No key leaves in a provider's message: neither the configured one nor whatever looks like one.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from '../../../src/upstream/failure/redact.ts'

describe('redact', () => {
  it.each([
    ['an OpenAI key', 'Incorrect API key provided: sk-proj-Ab12Cd34Ef56. See docs.', 'Ab12Cd34'],
    ['a masked key', 'Incorrect API key provided: abcd1234****wxyz.', 'wxyz'],
    ['a bearer header', 'Got "Authorization: Bearer zzTop.secret"', 'zzTop'],
    ['a Google key', 'API key AIzaSyA1234567890 not valid', 'SyA123'],
    ['a key in a URL', 'GET https://api.test/v1?alt=sse&key=hunter2hunter2 failed', 'hunter2'],
    ['a password in a URL', 'connect http://user:hunter2@host failed', 'hunter2'],
    ['a JSON field', '{"api_key":"hunter2hunter2"}', 'hunter2'],
    ['a token', 'token eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln rejected', 'c2ln'],
    ['a long run of letters and digits', `key ${'a1b2c3d4'.repeat(5)} is unknown`, 'a1b2c3d4'],
  ])('removes %s', (_name, message, secret) => {
    expect(redact(message, [])).toContain('[redacted]')
    expect(redact(message, [])).not.toContain(secret)
  })

  it('leaves model names, request ids and plain words readable', () => {
    const message =
      'The model meta-llama-3-1-70b-instruct-fp8-turbo is overloaded (request 018f3c1e-7b1a-7cc0-b1de-0242ac120002).'
    expect(redact(message, ['other-key'])).toBe(message)
  })

  it('removes the configured key wherever it stands, whatever it looks like', () => {
    const word = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme-ascii' })
    const key = word.filter((text) => /^[\x21-\x7e]+$/.test(text) && !'[redacted]'.includes(text))
    fc.assert(
      fc.property(key, fc.string(), fc.string(), (secret, before, after) => {
        expect(redact(`${before} ${secret} ${after}`, [secret])).not.toContain(secret)
      }),
    )
  })

  it('gives one line of at most 500 characters', () => {
    const message = redact(`first\nsecond ${'word '.repeat(1_000)}`, [])
    expect(message).toHaveLength(500)
    expect(message).not.toMatch(/[\n\r]/)
  })

  it('does not leave half a key at the cut', () => {
    const message = `${'Bearer abcdefgh '.repeat(255)}Bearer longsecretlongsecretlongsecret`
    expect(redact(message, [])).not.toContain('longsecret')
  })
})

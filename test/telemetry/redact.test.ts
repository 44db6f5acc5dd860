import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedact } from '../../src/telemetry/redact.ts'

describe('redact', () => {
  it.each([
    'sk-proj-abcDEF123456_xyz',
    'Bearer abc.def-ghi_123',
    'AIzaSyA1234567890abcdefghijklmnop',
    'https://host/v1?key=topsecret1&x=1',
    '{"authorization":"Bearer topsecretvalue"}',
  ])('takes out what looks like a key in %s', (text) => {
    const clean = createRedact()(text)
    expect(clean).toContain('[redacted]')
    expect(clean).not.toMatch(/abcDEF|abc\.def|AIzaSy|topsecret/)
  })

  it.each([
    'gpt-4.1-mini',
    'all-MiniLM-L6-v2/int8/mean@3f9a1c02',
    'a task-list of keys',
    '0198c0de-0000-7000',
  ])('leaves %s alone', (text) => expect(createRedact()(text)).toBe(text))

  it('takes out configured secrets wherever they stand, whatever they look like', () => {
    const secretText = fc.stringMatching(/^[!#-[\]-~]{6,80}$/)
    fc.assert(
      fc.property(secretText, fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!'[redacted]'.includes(secret))
        const line = JSON.stringify([before, `${before}${secret}${after}`, after])
        const clean = createRedact([secret])(line)
        expect(clean).toContain('[redacted]')
        expect(clean.replaceAll('[redacted]', '\n')).not.toContain(secret)
        expect(JSON.parse(clean)).toHaveLength(3)
      }),
    )
  })

  it('does not blank out words for a secret that is too short to be one', () => {
    expect(createRedact(['a', ''])('banana')).toBe('banana')
  })
})

import { describe, expect, it } from 'vitest'
import { createSecret, parseKey, verifySecret } from '../../src/access/key-secret.ts'

describe('a key', () => {
  it('is found by its id and proved by its secret', () => {
    const made = createSecret()
    const parsed = parseKey(made.key)
    expect(parsed?.id).toBe(made.id)
    expect(verifySecret(made, parsed?.secret ?? '')).toBe(true)
  })

  it('is kept only as a salted hash', () => {
    const made = createSecret()
    const { secret } = parseKey(made.key) as { secret: string }
    expect(JSON.stringify([made.salt, made.hash])).not.toContain(secret)
    expect(made.hash).toMatch(/^[0-9a-f]{64}$/)
    const other = createSecret()
    expect(other.salt).not.toBe(made.salt)
    expect(other.key).not.toBe(made.key)
  })

  it('is refused with another secret, for an unknown id, and against a damaged hash', () => {
    const made = createSecret()
    const { secret } = parseKey(made.key) as { secret: string }
    expect(verifySecret(made, `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`)).toBe(
      false,
    )
    expect(verifySecret(null, secret)).toBe(false)
    for (const hash of ['', 'zz', made.hash.slice(2), `${made.hash}00`]) {
      expect(verifySecret({ ...made, hash }, secret)).toBe(false)
    }
    expect(verifySecret({ ...made, salt: '' }, secret)).toBe(false)
  })

  it.each([
    '',
    'sb-',
    'sk-abcdefghijkl-x',
    'sb-abcdefghijkl-',
    `sb-abcdefghijkl-${'a'.repeat(44)}`,
  ])('is not read from %j', (text) => {
    expect(parseKey(text)).toBeNull()
  })
})

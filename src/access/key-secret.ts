// The secret of a gateway key: made, taken apart, hashed, compared. sb-<id>-<secret>, so that a key is found by its id and
// its hash compared in constant time. One round of sha256 is enough: a secret of 256 random bits cannot be guessed, so a
// slow hash (made for passwords) would only cost every request its 100 ms.
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
const ID_CHARS = 12
const SECRET_BYTES = 32
const SALT_BYTES = 16
/** The secret is base64url of 32 bytes. */
const KEY = /^sb-([a-z0-9]{12})-([A-Za-z0-9_-]{43})$/

/** A key that somebody else made (`openssl rand -hex 32`): long enough that it cannot be guessed, of any printable form. */
const FOREIGN_KEY = /^[\x21-\x7e]{32,200}$/

export interface NewSecret {
  id: string
  /** The whole key, to be shown once. */
  key: string
  salt: string
  hash: string
}

const digest = (salt: string, secret: string): Buffer =>
  createHash('sha256').update(Buffer.from(salt, 'hex')).update(secret).digest()

export const createSecret = (): NewSecret => {
  const id = Array.from(
    { length: ID_CHARS },
    () => ID_ALPHABET[randomInt(ID_ALPHABET.length)],
  ).join('')
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const salt = randomBytes(SALT_BYTES).toString('hex')
  return { id, key: `sb-${id}-${secret}`, salt, hash: digest(salt, secret).toString('hex') }
}

/** A key without an id of its own is found by one that follows from it, and is its own secret. */
const foreignId = (text: string): string =>
  [...createHash('sha256').update('id of the key ').update(text).digest().subarray(0, ID_CHARS)]
    .map((byte) => ID_ALPHABET[byte % ID_ALPHABET.length])
    .join('')

/** Null for anything that is not of a key's form. */
export const parseKey = (text: string): { id: string; secret: string } | null => {
  const [, id, secret] = KEY.exec(text) ?? []
  if (id !== undefined && secret !== undefined) return { id, secret }
  const isForeign = FOREIGN_KEY.test(text) && !text.startsWith('sb-')
  return isForeign ? { id: foreignId(text), secret: text } : null
}

/** A given key as it is kept; null for what is not of a key's form. */
export const sealKey = (text: string): NewSecret | null => {
  const parsed = parseKey(text)
  if (parsed === null) return null
  const salt = randomBytes(SALT_BYTES).toString('hex')
  return { id: parsed.id, key: text, salt, hash: digest(salt, parsed.secret).toString('hex') }
}

/** What unknown ids are compared with, so that they take as long as known ones. */
const NOBODY = { salt: '00'.repeat(SALT_BYTES), hash: '00'.repeat(32) }

/** False for null (no such id), for a wrong secret, and for a hash that is damaged. */
export const verifySecret = (
  stored: { salt: string; hash: string } | null,
  secret: string,
): boolean => {
  const { salt, hash } = stored ?? NOBODY
  const expected = Buffer.from(hash, 'hex')
  const actual = digest(salt, secret)
  if (expected.length !== actual.length) return false
  return timingSafeEqual(expected, actual) && stored !== null
}

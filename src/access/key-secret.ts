// Creates, parses, hashes and verifies the secrets of gateway keys. The form sb-<id>-<secret> allows finding a key by its id and comparing
// its hash in constant time. One round of sha256 is enough: 256 random bits cannot be guessed, and a slow password hash would cost every
// request 100 ms.
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
const ID_CHARS = 12
const SECRET_BYTES = 32
const SALT_BYTES = 16
/** The secret is base64url of 32 bytes. */
const KEY = /^sb-([a-z0-9]{12})-([A-Za-z0-9_-]{43})$/

/** A key created elsewhere (`openssl rand -hex 32`): printable characters, long enough not to be guessed. */
const FOREIGN_KEY = /^[\x21-\x7e]{32,200}$/

export interface NewSecret {
  id: string
  /** The whole key, shown once. */
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

/** The id of a foreign key, derived from the key; the whole key is its secret. */
const foreignId = (text: string): string =>
  [...createHash('sha256').update('id of the key ').update(text).digest().subarray(0, ID_CHARS)]
    .map((byte) => ID_ALPHABET[byte % ID_ALPHABET.length])
    .join('')

/** Null for text that does not have the form of a key. */
export const parseKey = (text: string): { id: string; secret: string } | null => {
  const [, id, secret] = KEY.exec(text) ?? []
  if (id !== undefined && secret !== undefined) return { id, secret }
  const isForeign = FOREIGN_KEY.test(text) && !text.startsWith('sb-')
  return isForeign ? { id: foreignId(text), secret: text } : null
}

/** A given key as it is stored; null for text that does not have the form of a key. */
export const sealKey = (text: string): NewSecret | null => {
  const parsed = parseKey(text)
  if (parsed === null) return null
  const salt = randomBytes(SALT_BYTES).toString('hex')
  return { id: parsed.id, key: text, salt, hash: digest(salt, parsed.secret).toString('hex') }
}

/** Compared with for unknown ids, so that they take as long as known ones. */
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

// Who is signed in, in memory: a restart signs everyone out. A session names the key it was opened with, which is looked up
// anew at each request; it holds no secret of it.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'

export interface Session {
  /** In the cookie, and nowhere else. */
  id: string
  /** Stands in every form of the session's pages. */
  csrf: string
  keyId: string
  expiresAtMs: number
}

export interface Sessions {
  open(keyId: string): Session
  /** Null where it is unknown or has expired. */
  find(id: string): Session | null
  close(id: string): void
  /** Of those who need no key: pages of other origins cannot read it. */
  readonly localCsrf: string
}

export const SESSION_MS = 12 * 3_600_000
const MOST_SESSIONS = 1_000

const SECRET_BYTES = 32

const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url')

export const createSessions = ({ now }: { now: () => number }): Sessions => {
  const sessions = new LRUCache<string, Session>({ max: MOST_SESSIONS })
  return {
    localCsrf: secret(),
    open: (keyId) => {
      const session = { id: secret(), csrf: secret(), keyId, expiresAtMs: now() + SESSION_MS }
      sessions.set(session.id, session)
      return session
    },
    find: (id) => {
      const session = sessions.get(id) ?? null
      if (session === null || now() < session.expiresAtMs) return session
      sessions.delete(id)
      return null
    },
    close: (id) => void sessions.delete(id),
  }
}

/** In a time that tells nothing. */
export const isSameSecret = (given: string, wanted: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)]
  return one.byteLength === other.byteLength && timingSafeEqual(one, other)
}

const xor = (one: Buffer, other: Buffer): Buffer =>
  Buffer.from(one.map((byte, i) => byte ^ (other[i] as number)))

/**
 * The token as a page carries it, another at each rendering: pages are compressed, and the length of a compressed page would tell
 * of a constant secret beside what an attacker chose (BREACH).
 */
export const maskToken = (token: string): string => {
  const pad = randomBytes(SECRET_BYTES)
  return Buffer.concat([pad, xor(pad, Buffer.from(token, 'base64url'))]).toString('base64url')
}

/** The token that a page carried; of what is none, something that equals no token. */
export const unmaskToken = (given: string): string => {
  const bytes = Buffer.from(given, 'base64url')
  if (bytes.byteLength !== 2 * SECRET_BYTES) return ''
  const [pad, masked] = [bytes.subarray(0, SECRET_BYTES), bytes.subarray(SECRET_BYTES)]
  return xor(pad, masked).toString('base64url')
}

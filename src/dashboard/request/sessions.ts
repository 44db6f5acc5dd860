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

const secret = (): string => randomBytes(32).toString('base64url')

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

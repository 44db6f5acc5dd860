// Reads a request's cache-control header: what the answer cache may do. Without the header everything is allowed.

export interface CacheControl {
  /** False for `no-store`, `no-cache` and `max-age=0`. */
  mayRead: boolean
  /** False for `no-store`: the answer is not stored either. */
  mayWrite: boolean
  /** `max-age=N` in milliseconds: older answers are not used. */
  maxAgeMs: number
}

export const readCacheControl = (header: string | undefined): CacheControl => {
  const directives = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
  const maxAge = directives.map((part) => /^max-age="?(\d{1,10})"?$/.exec(part)?.[1]).find(Boolean)
  const maxAgeMs = maxAge === undefined ? Number.POSITIVE_INFINITY : Number(maxAge) * 1_000
  const mayWrite = !directives.includes('no-store')
  return {
    mayRead: mayWrite && !directives.includes('no-cache') && maxAgeMs > 0,
    mayWrite,
    maxAgeMs,
  }
}

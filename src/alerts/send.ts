// Posts a body to an address, with retries. The address is a secret: no error or log line contains it.
import type { Fetch } from '../upstream/egress/fetch-port.ts'

export interface SendOptions {
  fetch: Fetch
  url: string
  body: object
  /** Waits between attempts. */
  wait: (ms: number) => Promise<void>
  /** Aborts the attempts when the process closes. */
  signal?: AbortSignal | undefined
  timeoutMs?: number
}

export type Sent = { ok: true } | { ok: false; reason: string }

/** Delays before the second and later attempts. */
const BACKOFF_MS = [1_000, 5_000, 25_000]
const TIMEOUT_MS = 10_000

const codeOf = (error: unknown): string => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return error instanceof Error ? error.name : 'unknown'
}

/** One attempt. Client errors and forbidden addresses are final. */
const attempt = async (options: SendOptions): Promise<Sent & { isFinal?: boolean }> => {
  const { fetch, url, body, signal, timeoutMs = TIMEOUT_MS } = options
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'signalbox' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    await response.body?.cancel()
    if (response.ok) return { ok: true }
    const isPassing = response.status === 429 || response.status >= 500
    return { ok: false, reason: `status ${response.status}`, isFinal: !isPassing }
  } catch (error) {
    const reason = codeOf(error)
    return { ok: false, reason, isFinal: reason === 'EGRESS_DENIED' }
  }
}

/** Never rejects. */
export const send = async (options: SendOptions): Promise<Sent> => {
  for (const ms of [...BACKOFF_MS, null]) {
    const sent = await attempt(options)
    if (sent.ok) return { ok: true }
    if (sent.isFinal || ms === null || options.signal?.aborted)
      return { ok: false, reason: sent.reason }
    await options.wait(ms)
  }
  return { ok: false, reason: 'unknown' }
}

// Reads a provider's body up to a limit of decoded bytes, which also stops a gzip bomb.

import { concatBytes } from '../../dialects/byte-queue.ts'
import type { LiveCall } from '../timing/live-call.ts'

export interface BodyBytes {
  bytes: Uint8Array
  /** True where the body was longer; `bytes` is then its beginning. */
  isCut: boolean
}

/**
 * Reads a body up to `maxBytes` and drops the rest; each wait for bytes is under the call's idle timer.
 * Rejects as the body does: see `call.failure` for the reason where the call was ended.
 */
export const readBody = async (
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  call: LiveCall,
): Promise<BodyBytes> => {
  if (body === null) return { bytes: new Uint8Array(), isCut: false }
  const reader = body.getReader()
  const parts: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    call.startTimer('idle')
    const { done, value } = await reader.read()
    call.stopTimer('idle')
    if (done) break
    parts.push(value)
    bytes += value.length
    if (bytes <= maxBytes) continue
    await reader.cancel()
    return { bytes: concatBytes(parts).subarray(0, maxBytes), isCut: true }
  }
  return { bytes: concatBytes(parts), isCut: false }
}

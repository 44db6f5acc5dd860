// Reads a provider's body up to a limit of decoded bytes, which also stops a gzip bomb.

import { concatBytes } from '../../dialects/byte-queue.ts'
import { type ByteReader, readerOf } from '../../dialects/byte-reader.ts'
import type { FetchedResponse } from '../egress/fetch-port.ts'
import type { LiveCall } from '../timing/live-call.ts'

export interface BodyBytes {
  bytes: Uint8Array
  /** True where the body was longer; `bytes` is then its beginning. */
  isCut: boolean
}

/** Null where there is no body. */
export const bodyReader = (response: Pick<FetchedResponse, 'body' | 'reader'>): ByteReader | null =>
  response.reader ?? (response.body === null ? null : readerOf(response.body))

const waited = async (bytes: Promise<Uint8Array | null>, call: LiveCall) => {
  call.startTimer('idle')
  const piece = await bytes
  call.stopTimer('idle')
  return piece
}

/**
 * Reads a body up to `maxBytes` and drops the rest; each wait for bytes is under the call's idle timer.
 * Rejects as the body does: see `call.failure` for the reason where the call was ended.
 */
export const readBody = async (
  response: Pick<FetchedResponse, 'body' | 'reader'>,
  maxBytes: number,
  call: LiveCall,
): Promise<BodyBytes> => {
  const reader = bodyReader(response)
  if (reader === null) return { bytes: new Uint8Array(), isCut: false }
  const parts: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const next = reader.next()
    const piece = next instanceof Promise ? await waited(next, call) : next
    if (piece === null) break
    parts.push(piece)
    bytes += piece.length
    if (bytes <= maxBytes) continue
    reader.cancel()
    return { bytes: concatBytes(parts).subarray(0, maxBytes), isCut: true }
  }
  return { bytes: concatBytes(parts), isCut: false }
}

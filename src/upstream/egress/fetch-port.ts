// The part of fetch that calls to providers use; implemented by egress/fetch.ts, replaced in tests.
import type { ByteReader } from '../../dialects/byte-reader.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'

export interface FetchInit {
  method: 'POST'
  headers: Record<string, string>
  /** A list of chunks where it is large. */
  body: string | Uint8Array<ArrayBuffer> | readonly Uint8Array<ArrayBuffer>[]
  redirect: 'manual'
  signal: EndSignal
}

/** The part of a `Response` that is used. */
export interface FetchedResponse {
  readonly status: number
  readonly ok: boolean
  readonly headers: Pick<Headers, 'get'>
  /** Decoded (gzip, …); read on demand, so that a client that does not read stops the provider. */
  readonly body: ReadableStream<Uint8Array> | null
  /** The same bytes without a web stream around them; absent where they are decoded first. Either this or `body` is read. */
  readonly reader?: ByteReader | undefined
}

/** The part of `fetch` that is used; the global one is of this type. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchedResponse>

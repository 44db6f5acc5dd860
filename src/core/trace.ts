// What goes along with a request that is traced, so that its calls to providers become part of its trace. Who makes spans
// of it is telemetry/tracing; a request that is not traced carries none of this.
import type { Usage } from './types.ts'

export interface RequestTrace {
  /** Begins the span of one call to a provider; one that is never ended was never made, and is not exported. */
  attempt(call: TracedCall): AttemptTrace
}

export interface TracedCall {
  /** As the GenAI conventions name it, `chat` or `embeddings`; else the path of the endpoint. */
  operation: string
  /** Name of the provider in the configuration. */
  provider: string
  /** Configured model id. */
  model: string
  /** The model's name at the provider. */
  upstreamName: string
  isStream: boolean
}

export interface AttemptTrace {
  /** Sent with the call: empty unless the configuration propagates traces to the provider's origin. */
  readonly headers: Readonly<Record<string, string>>
  /** The first content of a stream has come. */
  firstChunk(): void
  end(end: AttemptEnd): void
}

export interface AttemptEnd {
  /** HTTP status of the provider, null where none was received. */
  status: number | null
  /** Null where the attempt served. */
  errorCode: string | null
  usage: Usage | null
}

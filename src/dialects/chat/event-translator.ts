// The interface that turns a provider's events of another dialect into events of an OpenAI chat stream.

import type { Usage } from '../../core/types.ts'

export interface EventTranslator {
  /**
   * One whole event of the provider (terminator included) → events of an OpenAI chat stream, as bytes (`encodeData`).
   * An error event becomes `{error: …}`; what is not JSON passes as it is, so that it is counted and dropped.
   */
  event(frame: Uint8Array): Uint8Array[]
  /** The provider's stream has ended: the events that are still due, e.g. usage and `[DONE]`. */
  end(): Uint8Array[]
  /** Token counts so far, which may not have been sent to the client yet. */
  readonly usage: Usage | null
}

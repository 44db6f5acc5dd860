// What turns a provider's events of another dialect into events of an OpenAI chat stream.

import type { Usage } from '../../core/types.ts'

export interface EventTranslator {
  /**
   * One whole event of the provider (terminator included) → events of an OpenAI chat stream, as bytes (`encodeData`).
   * An error event becomes `{error: …}`; what is not JSON is given on as it is, so that it is counted and dropped.
   */
  event(frame: Uint8Array): Uint8Array[]
  /** The provider's stream has ended: the events that are still owed, e.g. usage and `[DONE]`. */
  end(): Uint8Array[]
  /** Token counts so far, before they are told to the client. */
  readonly usage: Usage | null
}

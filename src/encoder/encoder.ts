// The encoder interface, text → row (unit embedding and side features), implemented by the process, its supervisor and the cache.
import type { EndSignal } from '../jobs/end-signal.ts'

export interface Encoder {
  /** Names model, precision and pooling, and starts the file hashes, e.g. `all-MiniLM-L6-v2/int8/mean@3f9a1c02`. */
  readonly id: string
  /** Length of a whole row: 1,152 for the built-in model, [sentence embedding 384 | side features 768]. */
  readonly dimensions: number
  /** Length of the unit sentence embedding at the beginning of the row, which similarity is computed on. */
  readonly searchDimensions: number
  /**
   * Row of `dimensions` numbers for one prompt; its first `searchDimensions` have norm 1. It may be shared: callers do not change it.
   * @throws RouterError `encoder_timeout`, `encoder_overloaded`, `encoder_unavailable`, or the signal's reason.
   */
  embed(text: string, options?: EmbedOptions): Promise<Float32Array>
  /** Whether a prompt would wait long now; never where it is absent. */
  isPressed?(): boolean
  close(): Promise<void>
}

export interface EmbedOptions {
  signal?: EndSignal
  /** Overrides the encoder's deadline; builds may wait longer than prompts. */
  deadlineMs?: number
}

// Text → unit vector. The interface that child.ts's process, its supervisor and the cache all offer.

export interface Encoder {
  /** Names model, precision and pooling, and starts the file hashes, e.g. `all-MiniLM-L6-v2/int8/mean@3f9a1c02`. */
  readonly id: string
  readonly dimensions: number
  /**
   * Unit vector of `dimensions` numbers for one prompt.
   * @throws RouterError `encoder_timeout`, `encoder_overloaded`, `encoder_unavailable`, or the signal's reason.
   */
  embed(text: string, options?: EmbedOptions): Promise<Float32Array>
  close(): Promise<void>
}

export interface EmbedOptions {
  signal?: AbortSignal
  /** Overrides the encoder's deadline (builds may wait longer than prompts). */
  deadlineMs?: number
}

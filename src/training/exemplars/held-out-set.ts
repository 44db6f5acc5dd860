// Labelled prompts that are measured on and never trained on, embedded.
export interface HeldOutSet {
  labels: string[]
  /** Routing texts, as prompts are shaped. */
  texts: string[]
  hasSignal: boolean[]
  /** One whole row for each label. */
  vectors: Float32Array
}

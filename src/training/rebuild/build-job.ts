// What goes to the build process and the stages it goes through: plain values, sent by structured clone so that matrices stay float32.
import type { Config } from '../../config/config-schema.ts'
import type { Anchors, PerturbedCopies } from '../../core/classifier/classifier.ts'
import type { FitOptions } from '../../core/classifier/fit.ts'
import type { GenerationDraft } from '../../vector-index/generation-draft.ts'

/** Embedded held-out rows; `vectors` has one whole row for each label. */
export interface HeldOutSet {
  labels: string[]
  /** Routing texts, as prompts are shaped. */
  texts: string[]
  hasSignal: boolean[]
  vectors: Float32Array
}

export interface BuildJob {
  indexDir: string
  /** All of a generation but what the build process makes. */
  draft: Omit<GenerationDraft, 'classifier' | 'heldOut'>
  /** Routing text of each exemplar, as prompts are shaped. */
  texts: string[]
  /** What is trained on beside the exemplars. */
  beside: { copies: PerturbedCopies; anchors: Anchors }
  fit: FitOptions
  heldOut: HeldOutSet | null
  /** Configured thresholds, which the held-out figures are taken with. */
  routes: Record<string, Pick<Config['routes'][string], 'threshold'>>
  /** k: neighbours fetched per row. */
  neighbours: number
}

export type BuildStage = 'fit' | 'evaluate' | 'graph'

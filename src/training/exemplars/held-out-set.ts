// Embedded held-out prompts: labelled, measured on and never trained on.
import type { TrafficSample } from '../../core/classifier/classifier.ts'

export interface HeldOutSet {
  labels: string[]
  /** Routing texts. */
  texts: string[]
  hasSignal: boolean[]
  /** One whole row for each label. */
  vectors: Float32Array
}

/** The operator's held-out prompts as the traffic sample of a fit; prompts without signal are left out. */
export const trafficSampleOf = (set: HeldOutSet): TrafficSample => {
  const said = [...set.labels.keys()].filter((row) => set.hasSignal[row] === true)
  const dimensions = set.vectors.length / Math.max(1, set.labels.length)
  const vectors = new Float32Array(said.length * dimensions)
  said.forEach((row, i) => {
    vectors.set(set.vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions)
  })
  return {
    vectors,
    texts: said.map((row) => set.texts[row] as string),
    routes: said.map((row) => set.labels[row] as string),
  }
}

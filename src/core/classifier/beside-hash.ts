// A hash of what a fit uses beside the exemplars: a rebuild sees by it that a description or a held-out prompt has changed.
import type { TrainingSet } from './classifier.ts'

/** FNV-1a over UTF-16 units. */
const PRIME = 16_777_619
const START = 2_166_136_261

/** 0 to 2^32 − 1; hashes the texts of copies, anchors and traffic sample, and the routes of anchors and sample, in their order. */
export const besideHash = ({
  copies,
  anchors,
  sample,
}: Pick<TrainingSet, 'copies' | 'anchors' | 'sample'>): number => {
  const lists = [copies?.texts ?? [], anchors?.texts ?? [], anchors?.routes ?? []]
  if (sample) lists.push(sample.texts, sample.routes)
  const all = JSON.stringify(lists)
  let hash = START
  for (let i = 0; i < all.length; i++) hash = Math.imul(hash ^ all.charCodeAt(i), PRIME)
  return hash >>> 0
}

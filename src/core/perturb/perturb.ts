// Perturbations: rewritings of a prompt that must not change its route. The training set is augmented with them, and flips are
// measured on them. Each is pure and seeded: the same text and state of `random` give the same result on every machine.

import { createRandom, type Random, shuffled } from '../statistics/random.ts'
import { emphasis, filler, politeness, prefix, suffix, template } from './perturb-frame.ts'
import { letterCase, punctuation, typos, whitespace } from './perturb-typing.ts'
import { reorder, rewording } from './perturb-wording.ts'

export interface Perturbation {
  /** Name in reports and manifests. */
  name: string
  /** True where a second application under the same seed changes nothing. */
  isIdempotent: boolean
  /**
   * The rewritten text, with the same meaning and language; the text itself where the rewriting does
   * not apply. Never blank unless `text` is; well-formed if `text` is.
   */
  apply(text: string, random: Random): string
}

type Rewrite = (text: string, random: Random) => string

const perturbation = (name: string, rewrite: Rewrite, isIdempotent = false): Perturbation => ({
  name,
  isIdempotent,
  apply: (text, random) => {
    if (text.trim() === '') return text
    const rewritten = rewrite(text, random)
    return rewritten.trim() === '' ? text : rewritten
  },
})

/** Every built-in kind, in the order in which reports list them. */
export const PERTURBATIONS: readonly Perturbation[] = [
  perturbation('typos', typos),
  perturbation('case', letterCase, true),
  perturbation('punctuation', punctuation),
  perturbation('whitespace', whitespace),
  perturbation('politeness', politeness),
  perturbation('filler', filler),
  perturbation('emphasis', emphasis),
  perturbation('prefix', prefix),
  perturbation('suffix', suffix),
  perturbation('template', template),
  perturbation('reorder', reorder),
  perturbation('rewording', rewording),
]

export interface PerturbedCopy {
  /** Position of the original in the texts given. */
  source: number
  /** Names of the applied perturbations, joined by `+`. */
  kind: string
  text: string
}

export interface PerturbedCopiesOptions {
  seed: number
  /** Copies wanted of each text; fewer come where fewer kinds change it. */
  perExemplar: number
  /** Share of copies that get two kinds at once, 0 to 1. */
  pairShare?: number
}

/** A seed per text, so that its copies stay the same when other texts are added or removed. */
const seedOf = (text: string, seed: number): number => {
  let hash = (2166136261 ^ seed) >>> 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  return hash >>> 0
}

const copiesOf = (
  text: string,
  options: PerturbedCopiesOptions,
): Omit<PerturbedCopy, 'source'>[] => {
  const { seed, perExemplar, pairShare = 0.3 } = options
  const random = createRandom(seedOf(text, seed))
  const kinds = shuffled(PERTURBATIONS, random)
  const seen = new Set([text])
  const copies: Omit<PerturbedCopy, 'source'>[] = []
  for (const [i, kind] of kinds.entries()) {
    if (copies.length >= perExemplar) break
    const first = kind.apply(text, random)
    const other = kinds[(i + 1) % kinds.length] as Perturbation
    const isPair = first !== text && random() < pairShare
    const both = isPair ? other.apply(first, random) : first
    const name = both === first ? kind.name : `${kind.name}+${other.name}`
    if (!seen.has(both)) copies.push({ kind: name, text: both })
    seen.add(both)
  }
  return copies
}

/**
 * Perturbed copies of each text, for training beside the originals under the originals' labels.
 * Every copy differs from its original and from its siblings; equal texts get equal copies.
 */
export const perturbedCopies = (
  texts: readonly string[],
  options: PerturbedCopiesOptions,
): PerturbedCopy[] =>
  texts.flatMap((text, source) => copiesOf(text, options).map((copy) => ({ source, ...copy })))

// Rewritten test prompts: a seeded sample of them, under every built-in perturbation and adversarial suffix.
import { PERTURBATIONS } from '../../core/perturb/perturb.ts'
import { createRandom, shuffled } from '../../core/statistics/random.ts'
import { ADVERSARIAL_SUFFIXES } from './perturb-adversarial.ts'

export interface Rewriting {
  /** Position of the original among the texts given. */
  row: number
  kind: string
  /** True for suffixes that were made to mislead. */
  isAdversarial: boolean
  text: string
}

export interface RewritingsOptions {
  /** Texts to rewrite; a sample where there are more. */
  prompts: number
  seed: number
  /** Route names, which some adversarial suffixes use. */
  routes: readonly string[]
}

/** Rewritings that differ from their original, by kind; the same for the same texts and seed. */
export const rewritingsOf = (
  texts: readonly string[],
  { prompts, seed, routes }: RewritingsOptions,
): Rewriting[] => {
  const order = shuffled([...texts.keys()], createRandom(seed))
  const rows = order.slice(0, prompts).sort((a, b) => a - b)
  const kinds = [
    ...PERTURBATIONS.map((kind) => ({ kind, isAdversarial: false })),
    ...ADVERSARIAL_SUFFIXES.map((kind) => ({ kind, isAdversarial: true })),
  ]
  return kinds.flatMap(({ kind, isAdversarial }, i) => {
    const random = createRandom(seed + i + 1)
    return rows.flatMap((row) => {
      const original = texts[row] as string
      const text = kind.apply(original, random, routes)
      return text === original ? [] : [{ row, kind: kind.name, isAdversarial, text }]
    })
  })
}

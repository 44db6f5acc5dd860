// Rankings without randomness.
import type { RankedModel } from './select-models.ts'

/** @param ordered best first */
export const certain = (ordered: readonly { model: string }[]): RankedModel[] =>
  ordered.map(({ model }, i) => ({ model, propensity: i === 0 ? 1 : 0 }))

/** `wanted` before the others, which keep their order. */
export const before = <T extends { model: string }>(wanted: T, others: readonly T[]): T[] => [
  wanted,
  ...others.filter(({ model }) => model !== wanted.model),
]

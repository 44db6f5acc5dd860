// How well one number tells prompts that belong to no route from prompts that do: ranking figures, free of any threshold.
// The number is a novelty: higher means less like the training data. Ties count half.

export interface RocPoint {
  /** Share of the in-scope that is turned away, 0 to 1. */
  falseAlarms: number
  /** Share of the out-of-scope that is turned away, 0 to 1. */
  recall: number
}

export interface Detection {
  /** Chance that an out-of-scope prompt is more novel than an in-scope one; 0.5 is a coin. */
  auroc: number
  /** Average precision with out-of-scope as what is looked for; its base rate is the share of out-of-scope rows. */
  aupr: number
  /** Share of the out-of-scope turned away by the strictest cut that keeps `kept` of the in-scope. */
  recallAtKept: number
  /** The cut of `recallAtKept`: what is more novel is turned away. */
  cut: number
  roc: RocPoint[]
}

/** Rows of one novelty, the most novel first. */
interface Level {
  novelty: number
  inside: number
  outside: number
}

const levelsOf = (inside: readonly number[], outside: readonly number[]): Level[] => {
  const levels = new Map<number, Level>()
  const at = (novelty: number): Level => {
    const level = levels.get(novelty) ?? { novelty, inside: 0, outside: 0 }
    levels.set(novelty, level)
    return level
  }
  for (const novelty of inside) at(novelty).inside++
  for (const novelty of outside) at(novelty).outside++
  return [...levels.values()].sort((a, b) => b.novelty - a.novelty)
}

/** The least novelty that at least `kept` of the in-scope do not exceed. */
const cutOf = (inside: readonly number[], kept: number): number => {
  const sorted = Float64Array.from(inside).sort()
  // 0.95 × 20 is 19.000…04 in floating point: without the correction one row too many would be kept.
  const wanted = Math.ceil(kept * sorted.length - 1e-9)
  return sorted[Math.max(0, wanted - 1)] as number
}

/**
 * @param inside novelty of each in-scope prompt
 * @param outside novelty of each out-of-scope prompt
 * @param kept share of the in-scope that must pass, default 0.95
 * @returns null where one side is empty
 */
export const detectionOf = (
  inside: readonly number[],
  outside: readonly number[],
  kept = 0.95,
): Detection | null => {
  if (inside.length === 0 || outside.length === 0) return null
  const roc: RocPoint[] = [{ falseAlarms: 0, recall: 0 }]
  let area = 0
  let aupr = 0
  let insideAbove = 0
  let outsideAbove = 0
  for (const level of levelsOf(inside, outside)) {
    area += level.inside * (outsideAbove + level.outside / 2)
    insideAbove += level.inside
    outsideAbove += level.outside
    aupr += (level.outside * outsideAbove) / (insideAbove + outsideAbove)
    roc.push({ falseAlarms: insideAbove / inside.length, recall: outsideAbove / outside.length })
  }
  const cut = cutOf(inside, kept)
  return {
    auroc: area / (inside.length * outside.length),
    aupr: aupr / outside.length,
    recallAtKept: outside.filter((novelty) => novelty > cut).length / outside.length,
    cut,
    roc,
  }
}

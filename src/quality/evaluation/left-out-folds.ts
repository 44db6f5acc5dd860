// Which rows a router is fitted without, and which of these it is then asked about: whole styles, languages or sources at a
// time, so that what is measured is how it does on prompts of a kind that it has not seen.
import { createRandom, shuffled } from '../../core/statistics/random.ts'
import { NO_TAGS, type RowTags } from './row-groups.ts'

export const LEFT_OUT = ['style', 'language', 'source', 'rows'] as const
/** `rows` leaves out single rows at random: the estimate that flatters. */
export type LeftOutKind = (typeof LEFT_OUT)[number]

/** Positions of rows. */
export interface LeftOutFold {
  /** What is left out, in words. */
  names: string[]
  trained: number[]
  tested: number[]
}

export const LEFT_OUT_FOLDS = 4

/** Groups dealt to folds, each to the emptiest so far, the largest first. */
const deal = (sizes: ReadonlyMap<string, number>, folds: number): string[][] => {
  const dealt = Array.from({ length: folds }, () => ({ names: [] as string[], rows: 0 }))
  const bySize = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  for (const [name, size] of bySize) {
    const emptiest = dealt.reduce((least, fold) => (fold.rows < least.rows ? fold : least))
    emptiest.names.push(name)
    emptiest.rows += size
  }
  return dealt.map(({ names }) => names).filter((names) => names.length > 0)
}

const tagFolds = (tags: readonly (readonly string[])[], folds: number): LeftOutFold[] => {
  const sizes = new Map<string, number>()
  for (const [first] of tags) if (first !== undefined) sizes.set(first, (sizes.get(first) ?? 0) + 1)
  const all = [...tags.keys()]
  return deal(sizes, folds).map((names) => {
    const left = new Set(names)
    return {
      names,
      trained: all.filter((row) => !tags[row]?.some((tag) => left.has(tag))),
      tested: all.filter((row) => left.has(tags[row]?.[0] ?? '')),
    }
  })
}

const rowFolds = (count: number, folds: number, seed: number): LeftOutFold[] => {
  const order = shuffled([...Array(count).keys()], createRandom(seed))
  return Array.from({ length: Math.min(folds, count) }, (_, f) => ({
    names: [`random rows ${f + 1}`],
    trained: order.filter((_row, i) => i % folds !== f),
    tested: order.filter((_row, i) => i % folds === f),
  }))
}

/**
 * A row is asked about in the fold of its first tag, and trained on where none of its tags is left out. Rows without a tag are
 * always trained on, never asked about.
 */
export const leftOutFolds = (
  rows: readonly { tags?: RowTags }[],
  kind: LeftOutKind,
  { folds = LEFT_OUT_FOLDS, seed }: { folds?: number; seed: number },
): LeftOutFold[] =>
  kind === 'rows'
    ? rowFolds(rows.length, folds, seed)
    : tagFolds(
        rows.map(({ tags = NO_TAGS }) => tags[kind]),
        folds,
      )

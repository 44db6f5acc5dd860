// Groups of test rows: by what a row says of itself (style, language, source) or by its length, each with its own figures.
import { isNoneLabel } from '../../core/classifier/evaluate.ts'

export const GROUPINGS = ['style', 'language', 'source', 'length'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** What a labelled row says of itself beside its label. */
export interface RowTags {
  /** Routes that are right as well. */
  also: string[]
  style: string[]
  language: string[]
  source: string[]
}

export interface GroupReport {
  by: Grouping
  groups: {
    name: string
    rows: number
    /** Right after thresholds: the route, another that is right as well, or none where none fits. */
    right: number
    /** The same of the best route before thresholds. */
    topRight: number
    /** The same of the plain ten nearest. */
    knnRight: number
    /** Rows of a route that were not routed. */
    falseAbstentions: number
  }[]
}

export interface GroupedRow {
  text: string
  label: string
  top: string | null
  route: string | null
  knnRoute: string | null
  tags: RowTags
}

export const NO_TAGS: RowTags = { also: [], style: [], language: [], source: [] }

const listOf = (value: unknown): string[] => {
  const list = Array.isArray(value) ? value : [value]
  return list.filter((item): item is string => typeof item === 'string' && item !== '')
}

/** Tags of a row as found in a file; what is neither text nor a list of texts is passed over. */
export const tagsOf = (fields: Readonly<Record<string, unknown>> | undefined): RowTags =>
  fields === undefined
    ? NO_TAGS
    : {
        also: listOf(fields.also),
        style: listOf(fields.style),
        language: listOf(fields.language),
        source: listOf(fields.source),
      }

const LENGTHS: readonly [number, string][] = [
  [20, 'up to 20 words'],
  [80, '21 to 80 words'],
  [300, '81 to 300 words'],
]

const lengthOf = (text: string): string => {
  const words = text.match(/\S+/g)?.length ?? 0
  return LENGTHS.find(([most]) => words <= most)?.[1] ?? 'more than 300 words'
}

const UNTAGGED = '(untagged)'

const namesOf = ({ text, tags }: GroupedRow, by: Grouping): string[] => {
  if (by === 'length') return [lengthOf(text)]
  return tags[by].length > 0 ? tags[by] : [UNTAGGED]
}

/**
 * The label that a row is judged by: one of `also` where that is what was taken, or would have been; else its own. So a route
 * that is right as well counts as right, and nothing counts twice.
 */
export const judgedLabel = (
  label: string,
  also: readonly string[],
  { top, route }: { top: string | null; route: string | null },
): string => {
  const taken = [route, top].find((name) => name !== null && also.includes(name))
  return route === label || taken === undefined || taken === null ? label : taken
}

const isRight = (label: string, route: string | null): boolean =>
  isNoneLabel(label) ? route === null || isNoneLabel(route) : route === label

/** The largest groups first. A row with several tags is in each of their groups. */
export const groupRows = (rows: readonly GroupedRow[], by: Grouping): GroupReport => {
  const groups = new Map<string, GroupReport['groups'][number]>()
  for (const row of rows) {
    for (const name of namesOf(row, by)) {
      const group = groups.get(name) ?? emptyGroup(name)
      groups.set(name, group)
      group.rows++
      if (isRight(row.label, row.route)) group.right++
      if (isRight(row.label, row.top)) group.topRight++
      if ([row.label, ...row.tags.also].some((label) => isRight(label, row.knnRoute))) {
        group.knnRight++
      }
      if (!isNoneLabel(row.label) && row.route === null) group.falseAbstentions++
    }
  }
  return { by, groups: [...groups.values()].sort((a, b) => b.rows - a.rows) }
}

const emptyGroup = (name: string): GroupReport['groups'][number] => ({
  ...{ name, rows: 0, right: 0, topRight: 0, knnRight: 0, falseAbstentions: 0 },
})

// Rules on which styles and languages a route's exemplars cover, by the tags on their lines.
// A folder without tags is not judged; what its own lines use elsewhere is what a route can lack.
import { counted, type Finding, type LintRow, rowsByRoute } from './finding.ts'

/** Styles a route should be written in, where the folder has as many. */
const MIN_STYLES = 8
/** Exemplars of a language from which it is one that the folder covers, and that each route should have. */
const MIN_OF_LANGUAGE = 15
const MAX_NAMED = 12

const countBy = (rows: readonly LintRow[], tag: 'style' | 'language'): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const value = row[tag]
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return counts
}

const named = (values: readonly string[]): string =>
  values.length > MAX_NAMED
    ? `${values.slice(0, MAX_NAMED).join(', ')} and ${values.length - MAX_NAMED} more`
    : values.join(', ')

const styleGap = (
  route: string,
  own: readonly LintRow[],
  all: ReadonlyMap<string, number>,
): Finding[] => {
  const has = countBy(own, 'style')
  const wanted = Math.min(MIN_STYLES, all.size)
  if (has.size >= wanted) return []
  const missing = [...all.keys()].filter((style) => !has.has(style)).sort()
  return [
    {
      rule: 'style-gap',
      severity: 'warning',
      route,
      message: `The exemplars of ${route} are tagged with ${counted(has.size, 'style')}, fewer than ${wanted}; none is ${named(missing)}.`,
      where: [],
      fix: `Write prompts of ${route} in these styles and tag them, e.g. {"text": "…", "route": "${route}", "style": "${missing[0]}"}.`,
      figures: { styles: has.size, wanted },
    },
  ]
}

const languageGap = (
  route: string,
  own: readonly LintRow[],
  covered: readonly string[],
): Finding[] => {
  const has = countBy(own, 'language')
  const thin = covered.filter((language) => (has.get(language) ?? 0) < MIN_OF_LANGUAGE)
  if (thin.length === 0) return []
  const counts = thin.map((language) => `${language} (${has.get(language) ?? 0})`)
  return [
    {
      rule: 'language-gap',
      severity: 'warning',
      route,
      message: `${route} has fewer than ${MIN_OF_LANGUAGE} exemplars in languages that other routes cover: ${named(counts)}.`,
      where: [],
      fix: `Write prompts of ${route} in these languages as a native would type them, e.g. {"text": "…", "route": "${route}", "language": "${thin[0]}"}.`,
      figures: { languages: thin.length, wanted: MIN_OF_LANGUAGE },
    },
  ]
}

/** Languages with exemplars enough in at least one route. */
const coveredLanguages = (routes: readonly (readonly LintRow[])[]): string[] => {
  const covered = new Set<string>()
  for (const own of routes) {
    for (const [language, count] of countBy(own, 'language')) {
      if (count >= MIN_OF_LANGUAGE) covered.add(language)
    }
  }
  return [...covered].sort()
}

/** A finding for each route that lacks styles or languages which the folder has. */
export const coverageFindings = (rows: readonly LintRow[]): Finding[] => {
  const byRoute = new Map(
    [...rowsByRoute(rows)].map(([route, at]) => [route, at.map((i) => rows[i] as LintRow)]),
  )
  const styles = countBy(rows, 'style')
  const covered = coveredLanguages([...byRoute.values()])
  return [...byRoute].flatMap(([route, own]) => [
    ...styleGap(route, own, styles),
    ...languageGap(route, own, covered),
  ])
}

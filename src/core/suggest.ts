// "Did you mean …?" for names that a person typed: routes, labels, columns.
import { distance } from 'fastest-levenshtein'

/** Longer names are not typing errors, and comparing them takes time. */
const MOST_CHARS = 200

/** The candidate with the fewest edits, at most half of the name's length (case ignored), else null. */
export const closestName = (name: string, candidates: Iterable<string>): string | null => {
  if (name.length > MOST_CHARS) return null
  const wanted = name.toLowerCase()
  const limit = Math.max(1, Math.floor(wanted.length / 2))
  let best: { candidate: string; edits: number } | null = null
  for (const candidate of candidates) {
    const edits = distance(wanted, candidate.toLowerCase())
    if (edits <= limit && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, edits }
    }
  }
  return best?.candidate ?? null
}

/** Two sentences: that the route is not configured, and which one was probably meant, or else the list of routes. */
export const unknownRoute = (name: string, routes: Iterable<string>): string => {
  const known = [...routes]
  const closest = closestName(name, known)
  const hint = closest === null ? `Configured: ${known.join(', ')}.` : `Did you mean "${closest}"?`
  return `"${name}" is not a configured route. ${hint}`
}

/** A phrase that ends a sentence: `did you mean "code"? (configured routes: code, math)`. */
export const expectedRoutes = (name: string, routes: Iterable<string>): string => {
  const known = [...routes]
  const closest = closestName(name, known)
  const list = `configured routes: ${known.join(', ')}`
  return closest === null ? list : `did you mean "${closest}"? (${list})`
}

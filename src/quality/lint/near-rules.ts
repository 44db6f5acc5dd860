// Rules on pairs of vectors: near-duplicates within a route, near-conflicts across routes, held-out prompts close to exemplars.

import { CONFLICT, NEAR_DUPLICATE } from '../../training/exemplars/check-addition.ts'
import { textKey } from '../../training/exemplars/exemplar-line.ts'
import type { VectorHit } from '../../vector-index/vector-index.ts'
import { type Finding, type LintRow, type LintSet, moveTo, quoted, removal } from './finding.ts'

/** Cosine from which a held-out prompt measures memory: reworded less than a second writer would. */
const NEAR_LEAKAGE = 0.97

const isTwin = (a: LintRow, b: LintRow): boolean => textKey(a.text) === textKey(b.text)

const pairFinding = (a: LintRow, b: LintRow, similarity: number): Finding => {
  const texts = `${quoted(a.text)} and ${quoted(b.text)}`
  const where = [b.location, a.location]
  const figures = { similarity }
  if (a.route === b.route) {
    return {
      rule: 'near-duplicate',
      severity: 'note',
      route: a.route,
      message: `Almost the same text twice (similarity ${similarity.toFixed(3)}): ${texts}.`,
      where,
      fix: 'Keep one; the other adds weight, not knowledge.',
      edits: [removal(b), removal(a)],
      figures,
    }
  }
  return {
    rule: 'near-conflict',
    severity: 'warning',
    route: null,
    message: `Almost the same text is ${a.route} and ${b.route} (similarity ${similarity.toFixed(3)}): ${texts}.`,
    where,
    fix: 'Move the one whose route is wrong, or reword both so that what tells them apart is in the text.',
    edits: [moveTo(b, a.route), moveTo(a, b.route)],
    figures,
  }
}

/** Pairs of near texts, the most similar first; twins by text are the text rules' to report. */
export const nearPairFindings = ({ rows, neighbours }: LintSet): Finding[] => {
  const findings: (Finding & { similarity: number })[] = []
  neighbours.forEach((hits, i) => {
    for (const { position, similarity } of hits) {
      const [a, b] = [rows[i], rows[position]]
      // Neighbourhood need not be mutual under an approximate index: the pair is taken from the side that sees it first.
      const isSeen = position < i && neighbours[position]?.some((hit) => hit.position === i)
      if (!a || !b || isSeen || isTwin(a, b)) continue
      if (similarity < (a.route === b.route ? NEAR_DUPLICATE : CONFLICT)) continue
      findings.push({ ...pairFinding(a, b, similarity), similarity })
    }
  })
  return findings
    .sort((a, b) => b.similarity - a.similarity)
    .map(({ similarity: _, ...finding }) => finding)
}

/** Held-out prompts whose nearest exemplar is almost the same. `hits[i]` is the nearest of held-out row i. */
export const nearLeakageFindings = (
  rows: readonly LintRow[],
  heldOut: readonly LintRow[],
  hits: readonly (VectorHit | undefined)[],
): Finding[] =>
  heldOut.flatMap((row, i) => {
    const hit = hits[i]
    const exemplar = hit && rows[hit.position]
    if (!exemplar || hit.similarity < NEAR_LEAKAGE || isTwin(row, exemplar)) return []
    return [
      {
        rule: 'near-leakage',
        severity: 'warning' as const,
        route: row.route,
        message: `A held-out prompt is almost an exemplar (similarity ${hit.similarity.toFixed(3)}): ${quoted(row.text)} and ${quoted(exemplar.text)}.`,
        where: [row.location, exemplar.location],
        fix: `Put another prompt in ${row.location}: this one measures memory.`,
        edits: [removal(exemplar)],
        figures: { similarity: hit.similarity },
      },
    ]
  })

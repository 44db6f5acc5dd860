// Parses one row of a feedback log: a vote on a stored decision, or a prompt with its label. Other fields are ignored, because logs come
// from elsewhere; the fields that are read are checked strictly.

import { z } from 'zod'
import type { Verdict } from '../core/records/feedback.ts'
import { unknownRoute } from '../core/suggest.ts'
import { NONE_ROUTE } from '../core/types.ts'
import { isObject } from '../dialects/json.ts'
import { exemplarTextSchema } from '../training/exemplars/exemplar-line.ts'
import { IMPORT_KEYS } from '../training/exemplars/import-rows.ts'
import { verdictOf } from './give-feedback.ts'

/** A row with its number in the file or list; `error` where it could not even be read. */
export type FoundRow = { line: number; value: unknown } | { line: number; error: string }

export type ImportRow =
  | {
      kind: 'vote'
      decisionId: string
      verdict: Verdict
      correctRoute: string | null
      score: number | null
      comment: string | null
    }
  | { kind: 'labelled'; text: string; route: string }

/** Empty cells of a CSV file count as absent. */
const orNothing = (value: unknown): unknown => (value === '' || value === null ? undefined : value)

const numberOf = (value: unknown): unknown => {
  const given = orNothing(value)
  return typeof given === 'string' ? Number(given) : given
}

const voteSchema = z.object({
  decision_id: z.string().min(1).max(64),
  verdict: z.preprocess(orNothing, z.enum(['good', 'bad']).optional()),
  correct_route: z.preprocess(orNothing, z.string().max(64).optional()),
  score: z.preprocess(numberOf, z.number().min(0).max(1).optional()),
  comment: z.preprocess(orNothing, z.string().max(2_000).optional()),
})

const problemOf = ({ issues: [issue] }: z.ZodError): string =>
  `its ${issue?.path.join('.') || 'form'} is not as documented: ${issue?.message ?? 'invalid'}`

const voteOf = (value: Record<string, unknown>): ImportRow | string => {
  const parsed = voteSchema.safeParse(value)
  if (!parsed.success) return problemOf(parsed.error)
  const { decision_id: decisionId, correct_route: correctRoute = null, ...rest } = parsed.data
  const { verdict = null, score = null, comment = null } = rest
  if (verdict === null && score === null) return 'has neither a verdict nor a score'
  return {
    kind: 'vote',
    decisionId,
    verdict: verdictOf({ verdict, score }),
    correctRoute,
    score,
    comment,
  }
}

const labelledOf = (value: Record<string, unknown>): ImportRow | string => {
  const pick = (names: readonly string[]) => names.find((name) => Object.hasOwn(value, name))
  const textKey = pick(IMPORT_KEYS.text)
  const routeKey = pick(IMPORT_KEYS.label)
  if (textKey === undefined || routeKey === undefined) {
    return 'has neither decision_id and verdict nor text and route'
  }
  const text = exemplarTextSchema.safeParse(value[textKey])
  if (!text.success) return `its ${textKey} ${text.error.issues[0]?.message}`
  const route = value[routeKey]
  if (typeof route !== 'string' || route === '') return `its ${routeKey} is not a name`
  return { kind: 'labelled', text: text.data, route }
}

/** The row, or the reason why it is refused. Reasons never quote a prompt. */
export const readImportRow = (value: unknown, routes: ReadonlySet<string>): ImportRow | string => {
  if (!isObject(value)) return 'is not an object like {"text": "…", "route": "…"}'
  const hasDecision = orNothing(value.decision_id) !== undefined
  const row = hasDecision ? voteOf(value) : labelledOf(value)
  if (typeof row === 'string') return row
  const route = row.kind === 'vote' ? row.correctRoute : row.route
  const known = new Set([...routes, NONE_ROUTE])
  return route === null || known.has(route) ? row : unknownRoute(route, known)
}

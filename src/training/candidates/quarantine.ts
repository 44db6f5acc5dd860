// Which exemplars a build leaves out because feedback shows that they are harmful. Computed at each build from the stored votes, so
// deleting or outvoting these reverts it; a reviewer's `release` or `quarantine` always applies.
import type { Config } from '../../config/config-schema.ts'
import type { FeedbackWithDecision, VoteOnNeighbours } from '../../core/records/feedback.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import type { Exemplar } from '../../core/types.ts'
import { exemplarLedger, type LedgerEntry, type LedgerVote } from './exemplar-ledger.ts'

export interface QuarantinedExemplar {
  exemplarId: string
  route: string
  /** A sentence. */
  reason: string
  /** Null where a reviewer quarantined it without votes. */
  account: LedgerEntry | null
}

export interface QuarantineInput {
  exemplars: readonly Pick<Exemplar, 'id' | 'route'>[]
  feedback: readonly FeedbackWithDecision[]
  rulings: readonly Ruling[]
  settings: Pick<Config['training']['feedback'], 'weights' | 'quarantine_chance'>
}

/** Least blame, in votes. */
const LEAST_BLAME = 2
/** Largest share of a route that one build leaves out; one exemplar always may be. */
const MOST_OF_ROUTE = 0.02

/** What votes say of the exemplars that their decisions were made by. */
export const ledgerVotes = (
  feedback: readonly VoteOnNeighbours[],
  weights: QuarantineInput['settings']['weights'],
): LedgerVote[] =>
  feedback
    // A follow-up's neighbours are those of its own text, which did not decide alone.
    .filter(({ reason }) => reason !== 'session')
    .map(({ principal, route, verdict, correctRoute, source, neighbours }) => ({
      principal,
      route,
      rightRoute: verdict === 'good' ? route : correctRoute,
      weight: weights[source],
      neighbours,
    }))

const percent = (share: number): string => `${Math.round(100 * share)} %`

const wordsOf = ({ credit, blame, harmChance }: LedgerEntry): string =>
  `Voted wrongly ${blame.toFixed(1)} times and rightly ${credit.toFixed(1)} times: harmful with a chance of ${percent(harmChance)}.`

/** The exemplars to leave out, most probably harmful first. */
export const quarantine = (input: QuarantineInput): QuarantinedExemplar[] => {
  const { exemplars, settings } = input
  const rulings = new Map(
    input.rulings.flatMap((r) => (r.subject === 'exemplar' ? [[r.subjectId, r] as const] : [])),
  )
  const present = new Map(exemplars.map((exemplar) => [exemplar.id, exemplar]))
  const sizes = new Map<string, number>()
  for (const { route } of exemplars) sizes.set(route, (sizes.get(route) ?? 0) + 1)
  const accounts = exemplarLedger(ledgerVotes(input.feedback, settings.weights))
  const byId = new Map(accounts.map((account) => [account.exemplarId, account]))
  const out: QuarantinedExemplar[] = []
  for (const [exemplarId, ruling] of rulings) {
    const exemplar = present.get(exemplarId)
    if (!exemplar || ruling.action !== 'quarantine') continue
    const reason = `Quarantined by ${ruling.author}${ruling.note ? `: ${ruling.note}` : ''}.`
    out.push({ exemplarId, route: exemplar.route, reason, account: byId.get(exemplarId) ?? null })
  }
  const taken = new Map<string, number>()
  for (const account of accounts) {
    const { exemplarId, blame, harmChance } = account
    const exemplar = present.get(exemplarId)
    if (!exemplar || rulings.has(exemplarId) || blame < LEAST_BLAME) continue
    if (settings.quarantine_chance >= 1 || harmChance < settings.quarantine_chance) continue
    const { route } = exemplar
    const most = Math.max(1, Math.floor(MOST_OF_ROUTE * (sizes.get(route) ?? 0)))
    if ((taken.get(route) ?? 0) >= most) continue
    taken.set(route, (taken.get(route) ?? 0) + 1)
    out.push({ exemplarId, route, reason: wordsOf(account), account })
  }
  return out
}

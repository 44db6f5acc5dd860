// The exemplars' accounts in voted decisions: exemplars that voted for the route taken are credited where it was right and blamed
// where it was wrong. A Beta posterior for each, shrunk towards its route's mean, so that few votes prove nothing.
import { betaCdf } from '../../core/statistics/beta.ts'
import type { Neighbour } from '../../core/types.ts'

/** One voted decision. */
export interface LedgerVote {
  principal: string
  /** Route that was taken. */
  route: string
  /** Right route; null where the vote only says that the taken one was wrong. */
  rightRoute: string | null
  /** Weight of the vote, by its source. */
  weight: number
  neighbours: readonly Neighbour[]
}

export interface LedgerEntry {
  exemplarId: string
  route: string
  /** Sums of the exemplar's shares in the neighbours' votes. */
  credit: number
  blame: number
  /** Posterior mean of the share of its votes that are right. */
  mean: number
  /** Probability that it is wrong more often than right, and more often than its route. */
  harmChance: number
}

/** Bandwidth of the kernel vote. */
const BANDWIDTH = 0.1
/** Weight of the route's mean in an exemplar's prior, in votes. */
const POOLED_VOTES = 4
/** Largest weight of one principal in one account, so that nobody can vote an exemplar out alone. */
const MOST_PER_PRINCIPAL = 2

interface Account {
  exemplarId: string
  route: string
  byPrincipal: Map<string, { credit: number; blame: number }>
}

/** The neighbours of `route`, each with its share in the vote of all neighbours. */
const votersFor = (route: string, neighbours: readonly Neighbour[]) => {
  const top = neighbours.reduce((best, { similarity }) => Math.max(best, similarity), -1)
  const weights = neighbours.map(({ similarity }) => Math.exp((similarity - top) / BANDWIDTH))
  const sum = weights.reduce((total, weight) => total + weight, 0) || 1
  return neighbours.flatMap((neighbour, i) =>
    neighbour.route === route ? [{ ...neighbour, share: (weights[i] as number) / sum }] : [],
  )
}

const totals = ({ byPrincipal }: Account) => {
  let [credit, blame] = [0, 0]
  for (const sums of byPrincipal.values()) {
    const scale = Math.min(1, MOST_PER_PRINCIPAL / Math.max(1e-9, sums.credit + sums.blame))
    credit += scale * sums.credit
    blame += scale * sums.blame
  }
  return { credit, blame }
}

/** Accounts that votes are entered in, some at a time. */
export interface Ledger {
  add(votes: readonly LedgerVote[]): void
  /** Most probably harmful first. */
  entries(): LedgerEntry[]
  /** The same some hundred accounts at a time, with `pause` between: of ten thousand each takes some microseconds. */
  entriesInTurns(pause: () => Promise<void>): Promise<LedgerEntry[]>
}

export const createLedger = (): Ledger => {
  const accounts = new Map<string, Account>()
  const add = (neighbour: Neighbour, principal: string, sum: 'credit' | 'blame', by: number) => {
    const { exemplarId, route } = neighbour
    const account = accounts.get(exemplarId) ?? { exemplarId, route, byPrincipal: new Map() }
    accounts.set(exemplarId, account)
    const sums = account.byPrincipal.get(principal) ?? { credit: 0, blame: 0 }
    account.byPrincipal.set(principal, sums)
    sums[sum] += by
  }
  const enter = ({ principal, route, rightRoute, weight, neighbours }: LedgerVote): void => {
    const isRight = rightRoute === route
    for (const voter of votersFor(route, neighbours)) {
      add(voter, principal, isRight ? 'credit' : 'blame', weight * voter.share)
    }
    if (isRight || rightRoute === null) return
    for (const voter of votersFor(rightRoute, neighbours)) {
      add(voter, principal, 'credit', weight * voter.share)
    }
  }
  return {
    add: (votes) => votes.forEach(enter),
    entries: () => entriesOf(accounts),
    entriesInTurns: (pause) => entriesInTurns(accounts, pause),
  }
}

/**
 * The account of every exemplar that voted in a decision with feedback, most probably harmful first. The prior is the mean of the
 * route's other accounts, with the weight of four votes (empirical Bayes: Efron and Morris 1975).
 */
const judgeOf = (collected: ReadonlyMap<string, Account>) => {
  const accounts = [...collected.values()].map((account) => ({
    ...account,
    ...totals(account),
  }))
  const routes = new Map<string, { credit: number; blame: number }>()
  for (const { route, credit, blame } of accounts) {
    const sums = routes.get(route) ?? { credit: 0, blame: 0 }
    routes.set(route, { credit: sums.credit + credit, blame: sums.blame + blame })
  }
  const judge = ({ exemplarId, route, credit, blame }: (typeof accounts)[number]): LedgerEntry => {
    const all = routes.get(route) ?? { credit, blame }
    const routeMean = (all.credit - credit + 1) / (all.credit + all.blame - credit - blame + 2)
    const a = POOLED_VOTES * routeMean + credit
    const b = POOLED_VOTES * (1 - routeMean) + blame
    // Where only errors are reported, every account looks harmful: so it must also be worse than its route.
    const bound = Math.min(0.5, routeMean)
    return {
      exemplarId,
      route,
      credit,
      blame,
      mean: a / (a + b),
      harmChance: betaCdf(bound, a, b),
    }
  }
  return { accounts, judge }
}

const byHarm = (x: LedgerEntry, y: LedgerEntry): number =>
  y.harmChance - x.harmChance || (x.exemplarId < y.exemplarId ? -1 : 1)

const entriesOf = (collected: ReadonlyMap<string, Account>): LedgerEntry[] => {
  const { accounts, judge } = judgeOf(collected)
  return accounts.map(judge).sort(byHarm)
}

const JUDGED_AT_ONCE = 500

const entriesInTurns = async (
  collected: ReadonlyMap<string, Account>,
  pause: () => Promise<void>,
): Promise<LedgerEntry[]> => {
  const { accounts, judge } = judgeOf(collected)
  const entries: LedgerEntry[] = []
  for (let from = 0; from < accounts.length; from += JUDGED_AT_ONCE) {
    await pause()
    entries.push(...accounts.slice(from, from + JUDGED_AT_ONCE).map(judge))
  }
  await pause()
  return entries.sort(byHarm)
}

export const exemplarLedger = (votes: readonly LedgerVote[]): LedgerEntry[] => {
  const ledger = createLedger()
  ledger.add(votes)
  return ledger.entries()
}

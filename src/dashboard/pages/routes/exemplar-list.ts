// A page of one route's exemplars, with their accounts and what was edited since the generation was built.
import type { Exemplar } from '../../../core/types.ts'
import type { ExemplarAccount } from '../../../training/candidates/exemplar-accounts.ts'
import type { ExemplarEdit } from '../../../training/exemplars/edit-journal.ts'
import type { DashboardDeps } from '../../request/deps.ts'

export interface ShownExemplar {
  exemplar: Exemplar
  /** Null where it took part in no decision that was voted on, and nobody ruled on it. */
  account: ExemplarAccount | null
  /** Since the generation was built; null where nothing was. */
  edit: ExemplarEdit | null
}

export interface ExemplarPage {
  rows: ShownExemplar[]
  /** Of all pages. */
  found: number
  /** Id to read on behind; null on the last page. */
  next: string | null
}

export interface ExemplarQuery {
  route: string
  /** In the text, whatever its case. */
  words: string
  /** Id. */
  after: string
  /** By id, what was edited before all others. */
  order: 'id' | 'harm'
}

export const PAGE_ROWS = 25
/** Accounts are few: one for each exemplar near a voted prompt. */
const MOST_ACCOUNTS = 100_000

const readAccounts = async ({ admin }: DashboardDeps): Promise<Map<string, ExemplarAccount>> => {
  const accounts = await admin.exemplars.list(MOST_ACCOUNTS)
  return new Map(accounts.map((account) => [account.exemplarId, account]))
}

const editsById = (edits: readonly ExemplarEdit[]): Map<string, ExemplarEdit> =>
  new Map(edits.toReversed().map((edit) => [edit.exemplar.id, edit]))

const byId = (a: Exemplar, b: Exemplar): number => (a.id < b.id ? -1 : 1)

/** The exemplars of the generation that serves, and those that were added since. */
const exemplarsOf = (deps: DashboardDeps, route: string): Exemplar[] => {
  const known = new Map<string, Exemplar>()
  for (const exemplar of deps.live()?.exemplars ?? []) {
    if (exemplar.route === route) known.set(exemplar.id, exemplar)
  }
  for (const edit of deps.edits.edits()) {
    const now = edit.kind === 'moved' ? edit.to : edit.exemplar
    if (edit.kind !== 'removed' && now.route === route && !known.has(now.id)) known.set(now.id, now)
  }
  return [...known.values()].sort(byId)
}

const pageOf = (rows: ShownExemplar[], after: string): Omit<ExemplarPage, 'found'> => {
  const start = after === '' ? 0 : rows.findIndex(({ exemplar }) => exemplar.id === after) + 1
  const shown = rows.slice(start, start + PAGE_ROWS)
  const isLast = start + PAGE_ROWS >= rows.length
  return { rows: shown, next: isLast ? null : (shown.at(-1)?.exemplar.id ?? null) }
}

export const readExemplars = async (
  deps: DashboardDeps,
  { route, words, after, order }: ExemplarQuery,
): Promise<ExemplarPage> => {
  const accounts = await readAccounts(deps)
  const edits = editsById(deps.edits.edits())
  const wanted = words.toLowerCase()
  const rows = exemplarsOf(deps, route)
    .filter(({ text }) => wanted === '' || text.toLowerCase().includes(wanted))
    .map((exemplar): ShownExemplar => {
      const account = accounts.get(exemplar.id) ?? null
      return { exemplar, account, edit: edits.get(exemplar.id) ?? null }
    })
  if (order === 'harm') {
    rows.sort((a, b) => (b.account?.harmChance ?? -1) - (a.account?.harmChance ?? -1))
  } else {
    rows.sort((a, b) => Number(b.edit !== null) - Number(a.edit !== null))
  }
  return { ...pageOf(rows, after), found: rows.length }
}

/** One exemplar as the list shows it; null where neither the generation nor an edit knows it. */
export const readExemplar = async (
  deps: DashboardDeps,
  { route, id }: { route: string; id: string },
): Promise<ShownExemplar | null> => {
  const exemplar = exemplarsOf(deps, route).find((one) => one.id === id)
  if (!exemplar) return null
  const accounts = await readAccounts(deps)
  const edit = editsById(deps.edits.edits()).get(id) ?? null
  return { exemplar, account: accounts.get(id) ?? null, edit }
}

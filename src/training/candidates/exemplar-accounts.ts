// The exemplars' accounts for operators: which were right or wrong in voted decisions, and the rulings about them.
import type { Config } from '../../config/config-schema.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import { RouterError } from '../../errors.ts'
import { takeTurn } from '../../jobs/loop-turn.ts'
import type { Store, VotePage } from '../../store/store.ts'
import { createLedger, type LedgerEntry } from './exemplar-ledger.ts'
import { ledgerVotes } from './quarantine.ts'

export interface ExemplarAccount extends LedgerEntry {
  /** A reviewer's ruling; null without one. */
  ruling: Pick<Ruling, 'action' | 'author' | 'note'> | null
}

export interface ExemplarRuling {
  exemplarId: string
  action: 'quarantine' | 'release'
  author: string
  note: string | null
}

export interface ExemplarAccounts {
  /** Most probably harmful first. @throws RouterError `store_unavailable` */
  list(limit: number): Promise<ExemplarAccount[]>
  /** Takes effect at the next build. @throws RouterError `invalid_request`, `store_unavailable` */
  rule(ruling: ExemplarRuling): Promise<void>
}

export interface ExemplarAccountsDeps {
  config: Pick<Config, 'training'>
  store: Pick<Store, 'listVotesOnNeighbours' | 'votesStamp' | 'listRulings' | 'addRuling'>
  newId: () => string
  now: () => number
}

const EXEMPLAR_ID = /^[\w.:-]{1,128}$/

/** Votes that are read and entered at a time: some milliseconds of the event loop. */
const PAGE = 200

/** Kept until a vote is added, replaced or deleted; who asks meanwhile waits for the same reading. */
const createLedgerReader = ({ config, store }: ExemplarAccountsDeps) => {
  let kept: { stamp: string; entries: Promise<LedgerEntry[]> } | null = null
  const readAll = async (): Promise<LedgerEntry[]> => {
    const ledger = createLedger()
    for (let after: number | null = 0; after !== null; ) {
      const page: VotePage = await store.listVotesOnNeighbours({ after, limit: PAGE })
      ledger.add(ledgerVotes(page.votes, config.training.feedback.weights))
      after = page.next
    }
    return ledger.entriesInTurns(takeTurn)
  }
  return async (): Promise<LedgerEntry[]> => {
    const stamp = await store.votesStamp()
    if (kept?.stamp === stamp) return kept.entries
    const reading = { stamp, entries: readAll() }
    kept = reading
    reading.entries.catch(() => {
      if (kept === reading) kept = null
    })
    return reading.entries
  }
}

export const createExemplarAccounts = (deps: ExemplarAccountsDeps): ExemplarAccounts => {
  const readLedger = createLedgerReader(deps)
  return {
    list: async (limit) => listAccounts(await readLedger(), await deps.store.listRulings(), limit),
    rule: (ruling) => addRuling(deps, ruling),
  }
}

/** Exemplars with a ruling but without votes have no account, and stand before the others. */
const listAccounts = (
  entries: readonly LedgerEntry[],
  rulings: readonly Ruling[],
  limit: number,
): ExemplarAccount[] => {
  const open = new Map(
    rulings.flatMap((ruling) =>
      ruling.subject === 'exemplar' ? [[ruling.subjectId, ruling] as const] : [],
    ),
  )
  const accounts = entries.map((entry): ExemplarAccount => {
    const ruling = open.get(entry.exemplarId)
    open.delete(entry.exemplarId)
    return { ...entry, ruling: ruling ?? null }
  })
  const others = [...open.values()].map(
    (ruling): ExemplarAccount => ({
      ...{ exemplarId: ruling.subjectId, route: ruling.route ?? '', credit: 0, blame: 0 },
      ...{ mean: 0.5, harmChance: 0.5, ruling },
    }),
  )
  return [...others, ...accounts].slice(0, limit)
}

const addRuling = async (
  { store, newId, now }: ExemplarAccountsDeps,
  { exemplarId, action, author, note }: ExemplarRuling,
): Promise<void> => {
  if (!EXEMPLAR_ID.test(exemplarId)) {
    throw new RouterError(
      'invalid_request',
      'exemplarId: expected an exemplar id such as fb_0e42bdefb41b.',
      { param: 'id' },
    )
  }
  await store.addRuling({
    ...{ id: newId(), subject: 'exemplar', subjectId: exemplarId, action },
    ...{ route: null, author, note, createdAtMs: now() },
  })
}

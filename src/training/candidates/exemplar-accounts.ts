// The exemplars' accounts for operators: which were right or wrong in voted decisions, and the rulings about them.
import type { Config } from '../../config/config-schema.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import { RouterError } from '../../errors.ts'
import type { Store } from '../../store/store.ts'
import type { LedgerEntry } from './exemplar-ledger.ts'
import { ledgerOf } from './quarantine.ts'

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
  store: Pick<Store, 'listFeedback' | 'listRulings' | 'addRuling'>
  newId: () => string
  now: () => number
}

const EXEMPLAR_ID = /^[\w.:-]{1,128}$/

export const createExemplarAccounts = (deps: ExemplarAccountsDeps): ExemplarAccounts => ({
  list: async (limit) => {
    const rulings = new Map(
      (await deps.store.listRulings()).flatMap((ruling) =>
        ruling.subject === 'exemplar' ? [[ruling.subjectId, ruling] as const] : [],
      ),
    )
    const entries = ledgerOf(
      await deps.store.listFeedback(),
      deps.config.training.feedback.weights,
    ).map((entry): ExemplarAccount => {
      const ruling = rulings.get(entry.exemplarId)
      rulings.delete(entry.exemplarId)
      return { ...entry, ruling: ruling ?? null }
    })
    // Exemplars with a ruling but without votes have no account, and are listed as well.
    const others = [...rulings.values()].map(
      (ruling): ExemplarAccount => ({
        ...{ exemplarId: ruling.subjectId, route: ruling.route ?? '', credit: 0, blame: 0 },
        ...{ mean: 0.5, harmChance: 0.5, ruling },
      }),
    )
    return [...others, ...entries].slice(0, limit)
  },
  rule: async ({ exemplarId, action, author, note }) => {
    if (!EXEMPLAR_ID.test(exemplarId)) {
      throw new RouterError(
        'invalid_request',
        'exemplarId: expected an exemplar id such as fb_0e42bdefb41b.',
        {
          param: 'id',
        },
      )
    }
    await deps.store.addRuling({
      ...{ id: deps.newId(), subject: 'exemplar', subjectId: exemplarId, action },
      ...{ route: null, author, note, createdAtMs: deps.now() },
    })
  },
})

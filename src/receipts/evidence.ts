// Reads all stored data of past decisions, for a batch of them at once.

import type { GatewayKey } from '../core/decide/gateway-key.ts'
import { groupBy } from '../core/group-by.ts'
import type { Feedback } from '../core/records/feedback.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import type { Store } from '../store/store.ts'

export type EvidenceStore = Pick<
  Store,
  'getDecision' | 'listConfigVersions' | 'listKeys' | 'listVotes'
>

export interface Evidence {
  decision: StoredDecision
  /** Text of its configuration; null where it is not stored. */
  configText: string | null
  /** The caller's key as it is now; null where unknown. */
  key: GatewayKey | null
  votes: Feedback[]
}

const IDS_AT_ONCE = 200
const VOTES_AT_ONCE = 1_000

/** By decision, oldest first. Few decisions of a large log: their votes are looked up, and the others not read. */
const readVotes = async (
  ids: readonly string[],
  store: EvidenceStore,
): Promise<Map<string, Feedback[]>> => {
  const votes: Feedback[] = []
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const query = { limit: VOTES_AT_ONCE, decisionIds: ids.slice(from, from + IDS_AT_ONCE) }
    let page = await store.listVotes(query)
    votes.push(...page)
    while (page.length === VOTES_AT_ONCE) {
      page = await store.listVotes({ ...query, before: page.at(-1)?.id as string })
      votes.push(...page)
    }
  }
  return groupBy(votes.sort(byTime), ({ decisionId }) => decisionId)
}

const byTime = (a: Feedback, b: Feedback): number =>
  a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1)

/**
 * In the order of `ids`; null for unknown ids.
 * @throws RouterError `store_unavailable`
 */
export const gatherEvidence = async (
  ids: readonly string[],
  store: EvidenceStore,
): Promise<(Evidence | null)[]> => {
  const configs = new Map((await store.listConfigVersions()).map(({ hash, text }) => [hash, text]))
  const keys = new Map((await store.listKeys()).map((key) => [key.id, key]))
  const votes = await readVotes([...new Set(ids)], store)
  const found: (Evidence | null)[] = []
  for (const id of ids) {
    const decision = await store.getDecision(id)
    found.push(
      decision && {
        decision,
        configText: configs.get(decision.configVersion) ?? null,
        key: (decision.principal && keys.get(decision.principal)) || null,
        votes: votes.get(id) ?? [],
      },
    )
  }
  return found
}

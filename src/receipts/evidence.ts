// Reads all stored data of past decisions, for a batch of them at once.
import type { GatewayKey } from '../core/decide/gateway-key.ts'
import type { Feedback, FeedbackWithDecision } from '../core/records/feedback.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import type { Store } from '../store/store.ts'

export type EvidenceStore = Pick<
  Store,
  'getDecision' | 'listConfigVersions' | 'listKeys' | 'listFeedback'
>

export interface Evidence {
  decision: StoredDecision
  /** Text of its configuration; null where it is not stored. */
  configText: string | null
  /** The caller's key as it is now; null where unknown. */
  key: GatewayKey | null
  votes: Feedback[]
}

const toVote = (row: FeedbackWithDecision): Feedback => ({
  id: row.id,
  decisionId: row.decisionId,
  principal: row.principal,
  verdict: row.verdict,
  correctRoute: row.correctRoute,
  score: row.score,
  comment: row.comment,
  source: row.source,
  implicitKind: row.implicitKind,
  createdAtMs: row.createdAtMs,
})

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
  const wanted = new Set(ids)
  const votes = (await store.listFeedback()).filter(({ decisionId }) => wanted.has(decisionId))
  const found: (Evidence | null)[] = []
  for (const id of ids) {
    const decision = await store.getDecision(id)
    found.push(
      decision && {
        decision,
        configText: configs.get(decision.configVersion) ?? null,
        key: (decision.principal && keys.get(decision.principal)) || null,
        votes: votes.filter(({ decisionId }) => decisionId === id).map(toVote),
      },
    )
  }
  return found
}

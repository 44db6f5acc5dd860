// Which decisions a caller may read and vote on: those of keys of the same owner; an admin all of them.
import type { Principal } from '../../core/decide/gateway-key.ts'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import { RouterError } from '../../errors.ts'
import type { HttpDeps } from '../request/deps.ts'

/** Decisions of unknown origin are only accessible to admins. */
export const isShared = (
  { principal }: Pick<StoredDecision, 'principal'>,
  asking: Principal,
  access: Pick<HttpDeps['access'], 'sharesWith'>,
): boolean => {
  const shared = access.sharesWith(asking)
  return shared === null || (principal != null && shared.has(principal))
}

/**
 * Other callers' decisions are treated as not existing, so that ids cannot be probed.
 * @throws RouterError `decision_not_found`, `store_unavailable`
 */
export const ownDecision = async (
  id: string,
  principal: Principal,
  { store, access }: Pick<HttpDeps, 'access'> & { store: Pick<HttpDeps['store'], 'getDecision'> },
): Promise<StoredDecision> => {
  const stored = await store.getDecision(id)
  if (stored && isShared(stored, principal, access)) return stored
  throw new RouterError('decision_not_found', 'No stored decision has this id.')
}

// Whose decisions a caller may see: its own, and an admin all of them.
import { hasRole, type Principal } from '../../core/decide/gateway-key.ts'
import { RouterError } from '../../errors.ts'
import type { StoredDecision } from '../../store/store.ts'
import type { HttpDeps } from '../deps.ts'

/**
 * Another's is as good as none: nobody learns which ids there are.
 * @throws RouterError `decision_not_found`, `store_unavailable`
 */
export const ownDecision = async (
  id: string,
  principal: Principal,
  store: Pick<HttpDeps['store'], 'getDecision'>,
): Promise<StoredDecision> => {
  const stored = await store.getDecision(id)
  const isOwn = hasRole(principal, 'admin') || stored?.principal === principal.id
  if (stored && isOwn) return stored
  throw new RouterError('decision_not_found', 'No stored decision has this id.')
}

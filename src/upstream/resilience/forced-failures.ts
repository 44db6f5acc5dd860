// Forced failures: an admin can make the n-th target of a request fail, to test a chain, by the header `x-router-fail-targets: 1,2`, or
// `x_router_fail_targets` in the body, which is not sent to providers.
import type { ChatBody, NativeBody } from '../../dialects/chat/upstream-request.ts'
import { RouterError } from '../../errors.ts'

export const FAIL_TARGETS_FIELD = 'x_router_fail_targets'
export const FAIL_TARGETS_HEADER = 'x-router-fail-targets'

export interface ForcedFailures {
  /** Positions in the order of attempts, from 1. */
  targets: ReadonlySet<number>
  /** The request without the field. */
  body: ChatBody
  native: NativeBody | undefined
}

export interface ForcedFailuresRequest {
  body: ChatBody
  native?: NativeBody
  /** The header's value. */
  failTargets?: string
}

/**
 * A forced failure makes a request slower and dearer, so ordinary keys may not use it.
 * @param limits.isAllowed whether this server permits forced failures
 * @throws RouterError `invalid_request` where the value is invalid, or not permitted here; `permission_denied`
 */
export const readForcedFailures = (
  request: ForcedFailuresRequest,
  limits: { isAllowed: boolean; isAdmin: boolean },
): ForcedFailures => {
  const { [FAIL_TARGETS_FIELD]: field } = request.body
  const inNative = request.native?.body[FAIL_TARGETS_FIELD]
  const requested = request.failTargets ?? field ?? inNative
  if (requested === undefined || requested === null) {
    return { targets: NONE, body: request.body, native: request.native }
  }
  if (!limits.isAllowed) {
    throw refuse('is not allowed here; set resilience.allow_forced_failures to test your chains')
  }
  if (!limits.isAdmin) {
    throw new RouterError(
      'permission_denied',
      `${FAIL_TARGETS_HEADER} needs a key with the role admin.`,
      { param: FAIL_TARGETS_HEADER },
    )
  }
  const { [FAIL_TARGETS_FIELD]: _, ...body } = request.body
  return {
    targets: positions(requested),
    body,
    native: request.native && withoutField(request.native),
  }
}

const NONE: ReadonlySet<number> = new Set()

const withoutField = ({ body, ...rest }: NativeBody): NativeBody => {
  const { [FAIL_TARGETS_FIELD]: _, ...kept } = body
  return { ...rest, body: kept }
}

const positions = (requested: unknown): ReadonlySet<number> => {
  const parts = Array.isArray(requested) ? requested.map(String) : String(requested).split(',')
  const isList = parts.length <= 8 && parts.every((part) => /^\s*[1-9]\s*$/.test(part))
  if (!isList) throw refuse('is not a list of positions such as 1,2')
  return new Set(parts.map(Number))
}

const refuse = (problem: string): RouterError =>
  new RouterError('invalid_request', `${FAIL_TARGETS_HEADER} ${problem}.`, {
    param: FAIL_TARGETS_HEADER,
  })

/** The error of a forced failure. */
export const forcedFailure = (position: number): RouterError =>
  new RouterError(
    'upstream_unavailable',
    `Target ${position} failed because the request forced it to.`,
    {
      isRetryable: false,
      details: { isForced: true, status: null },
    },
  )

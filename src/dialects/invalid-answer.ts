// The error of a provider's answer that cannot be read as a completion.
import { RouterError } from '../errors.ts'

/** `upstream_invalid` of an answer that is not a completion. `problem` continues "Provider X …". */
export const invalidAnswer = (
  provider: string,
  problem: string,
  options: { status?: number; isRetryable?: boolean } = {},
): RouterError =>
  new RouterError('upstream_invalid', `Provider ${provider} ${problem}.`, {
    isRetryable: options.isRetryable ?? true,
    details: { provider, status: options.status ?? 200 },
  })

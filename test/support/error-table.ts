// README's error table as it must be, from the catalogue and the statuses. Paste what this gives.
import { ERROR_CATALOGUE, type ErrorCode } from '../../src/errors.ts'
import { ERROR_STATUS } from '../../src/http/error-response.ts'

const statusText = (code: ErrorCode): string =>
  code === 'upstream_error'
    ? `${ERROR_STATUS[code]}, or the provider's 4xx`
    : String(ERROR_STATUS[code])

/** One row per code: `` | `code` | status | retryable | meaning | ``. */
export const errorTableRows = (): string[] =>
  (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).map((code) => {
    const { isRetryable, meaning } = ERROR_CATALOGUE[code]
    return `| \`${code}\` | ${statusText(code)} | ${isRetryable ? 'yes' : 'no'} | ${meaning} |`
  })

export const errorTableMarkdown = (): string =>
  ['| Code | Status | Try again | Meaning |', '|---|---|---|---|', ...errorTableRows()].join('\n')

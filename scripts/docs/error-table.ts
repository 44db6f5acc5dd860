// The table of error codes, from the catalogue and the statuses.
import { ERROR_CATALOGUE, type ErrorCode } from '../../src/errors.ts'
import { ERROR_STATUS } from '../../src/http/error-response.ts'
import { markdownTable } from './markdown-table.ts'

const statusText = (code: ErrorCode): string =>
  code === 'upstream_error'
    ? `${ERROR_STATUS[code]}, or the provider's 4xx`
    : String(ERROR_STATUS[code])

/** One row for each code. */
export const errorTable = (): string =>
  markdownTable(
    ['code', 'status', 'try again', 'meaning'],
    (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).map((code) => {
      const { isRetryable, meaning } = ERROR_CATALOGUE[code]
      return [`\`${code}\``, statusText(code), isRetryable ? 'yes' : 'no', meaning]
    }),
  )

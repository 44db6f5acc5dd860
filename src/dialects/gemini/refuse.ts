// The error of a field that Gemini does not take: refused by name rather than left out, because an answer to a changed request is
// worse than none.
import { RouterError } from '../../errors.ts'

/** `invalid_request` naming the field. `problem` continues "`field` …", e.g. "cannot be sent to a Gemini model". */
export const untranslatable = (param: string, problem: string): RouterError =>
  new RouterError('invalid_request', `\`${param}\` ${problem}.`, { param })

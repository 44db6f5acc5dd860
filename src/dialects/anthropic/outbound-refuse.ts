// What OpenAI's chat form can ask for and Anthropic's API cannot is refused by its name, before a call is made.
import { RouterError } from '../../errors.ts'

/** @throws RouterError `invalid_request`, always; `problem` continues the field's name */
export const refuseField = (field: string, problem = 'has no counterpart'): never => {
  throw new RouterError('invalid_request', `${field} ${problem} in Anthropic's API.`, {
    param: field,
  })
}

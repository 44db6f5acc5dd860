// What is kept of a failed attempt beside its code, so that its cause can be told later: never what was said.
import { messageShape } from '../../core/message-shape.ts'
import type { Attempt, AttemptFailure } from '../../core/types.ts'
import type { RouterError } from '../../errors.ts'

const NETWORK_CODE = /^[A-Z][A-Z0-9_]{1,63}$/

/** As a part of an attempt; nothing of it where nothing is known. */
export const attemptFailure = ({ details }: RouterError): Pick<Attempt, 'failure'> => {
  const { providerCode, providerMessage, causeCode, isKeyRejected, isForced } = details
  const said = [providerCode, providerMessage].filter((part) => typeof part === 'string').join(' ')
  const shape = messageShape(said)
  const failure: AttemptFailure = {
    ...(shape !== null && { shape }),
    ...(typeof causeCode === 'string' && NETWORK_CODE.test(causeCode) && { causeCode }),
    ...(isKeyRejected === true && { isKeyRejected }),
    ...(isForced === true && { isForced }),
  }
  return Object.keys(failure).length === 0 ? {} : { failure }
}

// Details of a failed attempt that are stored beside its code, to diagnose its cause later; they never include texts.
import { messageShape } from '../../core/message-shape.ts'
import type { Attempt, AttemptFailure } from '../../core/types.ts'
import type { RouterError } from '../../errors.ts'

const NETWORK_CODE = /^[A-Z][A-Z0-9_]{1,63}$/

/** As a field of an attempt; absent without details. */
export const attemptFailure = ({ details }: RouterError): Pick<Attempt, 'failure'> => {
  const { providerCode, providerMessage, causeCode, isKeyRejected, isForced } = details
  const text = [providerCode, providerMessage].filter((part) => typeof part === 'string').join(' ')
  const shape = messageShape(text)
  const failure: AttemptFailure = {
    ...(shape !== null && { shape }),
    ...(typeof causeCode === 'string' && NETWORK_CODE.test(causeCode) && { causeCode }),
    ...(isKeyRejected === true && { isKeyRejected }),
    ...(isForced === true && { isForced }),
  }
  return Object.keys(failure).length === 0 ? {} : { failure }
}

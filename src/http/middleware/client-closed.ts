// A request's signal aborts with whatever the adapter put there (a string). Nothing but RouterErrors travel from here.
import { RouterError, toRouterError } from '../../errors.ts'

/** Awaits work that was given `signal`. @throws RouterError `client_closed` where the client has left, else the work's own. */
export const orClientClosed = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof RouterError || !signal.aborted) throw toRouterError(error)
    throw new RouterError('client_closed', 'The client left.', { cause: error })
  }
}

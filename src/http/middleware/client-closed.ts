// Converts the abort reason of a request's signal, which the adapter sets to a string, to a RouterError.
import { RouterError, toRouterError } from '../../errors.ts'

/** Awaits work under `signal`. @throws RouterError `client_closed` where the client has disconnected, else the work's own error */
export const orClientClosed = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof RouterError || !signal.aborted) throw toRouterError(error)
    throw new RouterError('client_closed', 'The client disconnected.', { cause: error })
  }
}

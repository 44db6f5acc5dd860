// When the client of a request has gone, and the error for it: the abort reason of the request's own signal is a string of the adapter's.
import type { ServerResponse } from 'node:http'
import { RouterError, toRouterError } from '../../errors.ts'
import { createEndController, type EndSignal } from '../../jobs/end-signal.ts'
import type { AppContext } from '../request/app-env.ts'

type Outgoing = Pick<ServerResponse, 'destroyed' | 'writableFinished' | 'once'>

/** Awaits work under `signal`. @throws RouterError `client_closed` where the client has disconnected, else the work's own error */
export const orClientClosed = async <T>(signal: EndSignal, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof RouterError || !signal.aborted) throw toRouterError(error)
    throw new RouterError('client_closed', 'The client disconnected.', { cause: error })
  }
}

/** Aborts when the client disconnects before its answer is complete; in process it is the request's own. */
export const clientSignal = (c: AppContext): EndSignal => {
  const known = c.get('clientSignal')
  if (known) return known
  const outgoing = c.env?.outgoing
  const signal = outgoing ? signalOf(outgoing) : c.req.raw.signal
  c.set('clientSignal', signal)
  return signal
}

const signalOf = (outgoing: Outgoing): EndSignal => {
  const { signal, abort } = createEndController()
  const leave = (): void => abort(new Error('The client connection was closed.'))
  if (outgoing.destroyed) leave()
  else outgoing.once('close', () => outgoing.writableFinished || leave())
  return signal
}

// While the server drains: requests under way end, new ones are refused, and no connection is kept alive (an idle one delays
// `server.close()` by 5 s).
import { RouterError } from '../../errors.ts'
import type { HttpDeps } from '../request/deps.ts'

type Draining = Pick<HttpDeps, 'isDraining'>

const CLOSING = { connection: 'close' }

/** `connection: close` on every answer while draining. */
export const closingHeaders = ({ isDraining }: Draining): Record<string, string> =>
  isDraining() ? CLOSING : {}

/** Refuses new requests while draining, except health, readiness and metrics. @throws RouterError `shutting_down` */
export const refuseWhileDraining = ({ isDraining }: Draining): void => {
  if (!isDraining()) return
  throw new RouterError('shutting_down', 'The server is shutting down; try again in a moment.')
}

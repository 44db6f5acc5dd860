// The steps of a connection, one by one: name → addresses → socket → TLS. Each rejects with the system's own error code.
// The rules for addresses are those that calls go by (upstream/egress/address.ts): the doctor reaches no further.
import { type LookupAddress, lookup } from 'node:dns'
import { connect as connectSocket, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { addressKind } from '../../upstream/egress/address.ts'
import { EGRESS_DENIED, type Resolve } from '../../upstream/egress/agent.ts'

export const resolveBySystem: Resolve = (hostname, callback) =>
  lookup(hostname, { all: true }, (error, addresses) => callback(error, addresses ?? []))

/** The code of an error or of what caused it, null where there is none. */
export const errorCode = (error: unknown): string | null => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return null
}

const withCode = (message: string, code: string): Error =>
  Object.assign(new Error(message), { code })

/** Addresses of a host; a literal address is its own. */
export const addressesOf = (host: string, resolve: Resolve): Promise<string[]> => {
  if (isIP(host) !== 0) return Promise.resolve([host])
  return new Promise((done, fail) =>
    resolve(host, (error: Error | null, found: LookupAddress[]) => {
      if (error) fail(error)
      else if (found.length === 0) fail(withCode('no address', 'ENOTFOUND'))
      else done(found.map(({ address }) => address))
    }),
  )
}

/** Those that a call may go to. @throws Error with code `EGRESS_DENIED` where there is none */
export const allowedAddresses = (addresses: string[], allowPrivate: boolean): string[] => {
  const allowed = addresses.filter((address) => {
    const kind = addressKind(address)
    return kind === 'public' || (kind === 'private' && allowPrivate)
  })
  if (allowed.length > 0) return allowed
  throw withCode('The address is not allowed.', EGRESS_DENIED)
}

export interface Dial {
  address: string
  port: number
  timeoutMs: number
}

const settled = (socket: Socket, event: string, timeoutMs: number): Promise<void> =>
  new Promise<void>((done, fail) => {
    socket.setTimeout(timeoutMs, () => socket.destroy(withCode('timeout', 'ETIMEDOUT')))
    socket.once(event, () => done()).once('error', fail)
  }).finally(() => socket.destroy())

/** Opens a socket and closes it again. */
export const dial = ({ address, port, timeoutMs }: Dial): Promise<void> =>
  settled(connectSocket({ host: address, port }), 'connect', timeoutMs)

export interface Handshake extends Dial {
  /** The name that the certificate must be for. */
  host: string
  /** Authorities instead of the system's, as PEM. */
  ca?: string[] | undefined
}

/** Shakes hands by TLS, checks the certificate, and closes again. */
export const shakeHands = ({ address, port, timeoutMs, host, ca }: Handshake): Promise<void> => {
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const socket = connectTls({ host: address, port, ...servername, ...(ca && { ca }) })
  return settled(socket, 'secureConnect', timeoutMs)
}

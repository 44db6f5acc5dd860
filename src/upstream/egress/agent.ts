// The sockets to providers: who may be connected to (decided on the address itself, at connect time), how many sockets an
// origin may have, and how long an idle one is kept.
import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher, Pool } from 'undici'
import { addressKind } from './address.ts'

/** `code` of the error where a connection is refused by this file. */
export const EGRESS_DENIED = 'EGRESS_DENIED'

export interface EgressAgentOptions {
  /** Whether loopback and private addresses may be connected to. Metadata and link-local ones never may. */
  allowPrivate: boolean
  /** Sockets per origin; further calls wait for one, under their own deadline. */
  maxSockets: number
  connectTimeoutMs: number
  /** Name → addresses; the system's resolver, where not given. */
  resolve?: Resolve
}

export type Resolve = (
  hostname: string,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

// A CDN keeps an idle socket for a minute or more; uvicorn (vLLM and its like) closes it after five seconds, unannounced,
// and a POST on it is lost. Whoever announces `Keep-Alive: timeout` is believed.
const KEEP_ALIVE_MS = { https: 30_000, http: 4_000 }

/** A pool of sockets under one egress policy. Idle sockets do not keep the process alive. */
export const createEgressAgent = (options: EgressAgentOptions): Dispatcher => {
  const connect = guardedConnector(options)
  return new Agent({
    connections: options.maxSockets,
    connect,
    // Our own timers rule (live-call.ts): a model may think for longer than any fixed limit here.
    headersTimeout: 0,
    bodyTimeout: 0,
    factory: (origin, poolOptions) => {
      const isTls = String(origin).startsWith('https:')
      const keepAliveTimeout = isTls ? KEEP_ALIVE_MS.https : KEEP_ALIVE_MS.http
      return new Pool(origin, { ...poolOptions, connect, keepAliveTimeout })
    },
  })
}

const guardedConnector = (options: EgressAgentOptions): buildConnector.connector => {
  const isAllowed = (address: string): boolean => {
    const kind = addressKind(address)
    return kind === 'public' || (kind === 'private' && options.allowPrivate)
  }
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    lookup: guardedLookup(options.resolve ?? resolveBySystem, isAllowed),
  })
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '')
    // net.connect looks up no literal address, so those are checked here.
    if (isIP(host) !== 0 && !isAllowed(host)) return callback(denied(), null)
    connect(target, callback)
  }
}

const guardedLookup =
  (resolve: Resolve, isAllowed: (address: string) => boolean): LookupFunction =>
  (hostname, lookupOptions, callback) =>
    resolve(hostname, (error, addresses) => {
      const allowed = addresses.filter(({ address }) => isAllowed(address))
      const [first] = allowed
      if (error !== null || first === undefined) return callback(error ?? denied(), [])
      if (lookupOptions.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })

const resolveBySystem: Resolve = (hostname, callback) =>
  lookup(hostname, { all: true }, (error, addresses) => callback(error, addresses ?? []))

const denied = (): Error =>
  Object.assign(new Error('The address is not allowed for this provider.'), { code: EGRESS_DENIED })

// The connection pool to providers: which addresses are allowed (checked at connect time on the resolved address), sockets per origin,
// and the idle time of sockets.
import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { addressKind } from './address.ts'
import type { ProxySettings } from './proxy.ts'

/** `code` of the error where a connection is refused by this file. */
export const EGRESS_DENIED = 'EGRESS_DENIED'

export interface EgressAgentOptions {
  /** Whether loopback and private addresses may be connected to. Metadata and link-local ones never may. */
  allowPrivate: boolean
  /** Sockets per origin; further calls wait for one, under their own deadline. */
  maxSockets: number
  connectTimeoutMs: number
  /** Name → addresses; default: the system's resolver. */
  resolve?: Resolve
  /** Used for all hosts except those that it excludes, which are connected to directly. */
  proxy?: ProxySettings | null
}

export type Resolve = (
  hostname: string,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

// CDNs keep an idle socket for a minute or more; uvicorn (vLLM and others) closes it after five seconds without notice, and a POST on
// it is lost. A `Keep-Alive: timeout` header takes precedence.
const KEEP_ALIVE_MS = { https: 30_000, http: 4_000 }

/** A pool of sockets under one egress policy. Idle sockets do not keep the process alive. */
export const createEgressAgent = (options: EgressAgentOptions): Dispatcher => {
  const { proxy = null, maxSockets, connectTimeoutMs } = options
  const agentOptions: Agent.Options = {
    connections: maxSockets,
    connect: guardedConnector(options),
    // Our own timers rule (live-call.ts): a model may think for longer than any fixed limit here.
    headersTimeout: 0,
    bodyTimeout: 0,
    factory: (origin, poolOptions) => {
      const isTls = String(origin).startsWith('https:')
      const keepAliveTimeout = isTls ? KEEP_ALIVE_MS.https : KEEP_ALIVE_MS.http
      return new Pool(origin, { ...poolOptions, keepAliveTimeout })
    },
  }
  if (proxy === null) return new Agent(agentOptions)
  return new EnvHttpProxyAgent({
    ...agentOptions,
    proxyTls: { timeout: connectTimeoutMs },
    httpProxy: proxy.http,
    httpsProxy: proxy.https,
    noProxy: proxy.except,
  })
}

/** Whether an address may be connected to under a policy. */
const isAllowedBy =
  ({ allowPrivate }: Pick<EgressAgentOptions, 'allowPrivate'>) =>
  (address: string): boolean => {
    const kind = addressKind(address)
    return kind === 'public' || (kind === 'private' && allowPrivate)
  }

/** Refuses literal addresses that are not allowed, before a proxy is asked for them. */
export const refuseLiteral = (origin: string, policy: { allowPrivate: boolean }): Error | null => {
  const host = hostOf(new URL(origin).hostname)
  return isIP(host) !== 0 && !isAllowedBy(policy)(host) ? denied() : null
}

const hostOf = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

const guardedConnector = (options: EgressAgentOptions): buildConnector.connector => {
  const isAllowed = isAllowedBy(options)
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    lookup: guardedLookup(options.resolve ?? resolveBySystem, isAllowed),
  })
  return (target, callback) => {
    const host = hostOf(target.hostname)
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

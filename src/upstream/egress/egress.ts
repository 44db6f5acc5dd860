// Outgoing connections: one connection pool for providers that may be on this machine or network, one for all others, each with and
// without the environment's proxy. Pools are shared, so that the limit of sockets is per address, not per configured provider.

import { isLoopbackHost } from '../../core/loopback.ts'
import { createEgressAgent, refuseLiteral } from './agent.ts'
import { createEgressFetch } from './fetch.ts'
import type { Fetch } from './fetch-port.ts'
import { isPlainlyLocal } from './plainly-local.ts'
import type { ProxySettings } from './proxy.ts'

export interface EgressOptions {
  /** Sockets per origin. */
  maxSockets: number
  connectTimeoutMs: number
  /** Null or absent: every provider is connected to directly. */
  proxy?: ProxySettings | null
}

export interface Egress {
  /** `allowPrivate` absent: allowed only where the base URL is plainly local (see plainly-local.ts). */
  fetchFor(provider: { baseUrl: string; allowPrivate?: boolean | undefined }): Fetch
}

/** Loopback addresses never use the proxy. */
const isHere = (baseUrl: string): boolean => isLoopbackHost(new URL(baseUrl).hostname)

export const createEgress = (options: EgressOptions): Egress => {
  const pools = new Map<string, Fetch>()
  const poolOf = (policy: { allowPrivate: boolean; proxy: ProxySettings | null }): Fetch => {
    const key = `${policy.allowPrivate} ${policy.proxy !== null}`
    const known = pools.get(key)
    if (known) return known
    const made = createEgressFetch(createEgressAgent({ ...options, ...policy }))
    pools.set(key, made)
    return made
  }
  return {
    fetchFor: ({ baseUrl, allowPrivate = isPlainlyLocal(baseUrl) }) => {
      const proxy = isHere(baseUrl) ? null : (options.proxy ?? null)
      const fetch = poolOf({ allowPrivate, proxy })
      const refusal = proxy === null ? null : refuseLiteral(baseUrl, { allowPrivate })
      return refusal === null ? fetch : () => Promise.reject(refusal)
    },
  }
}

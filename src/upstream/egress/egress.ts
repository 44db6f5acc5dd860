// The ways out of the process: one pool of sockets for providers that may be on this machine or network, one for all
// others. A pool is shared by its providers, so that the cap on sockets is per address, not per configured name.

import { createEgressAgent } from './agent.ts'
import { createEgressFetch } from './fetch.ts'
import type { Fetch } from './fetch-port.ts'
import { isPlainlyLocal } from './plainly-local.ts'

export interface EgressOptions {
  /** Sockets per origin. */
  maxSockets: number
  connectTimeoutMs: number
}

export interface Egress {
  /** `allowPrivate` not given: only where the base URL, as it is written, says that it is local. */
  fetchFor(provider: { baseUrl: string; allowPrivate?: boolean | undefined }): Fetch
}

export const createEgress = (options: EgressOptions): Egress => {
  const { maxSockets, connectTimeoutMs } = options
  const pools = new Map<boolean, Fetch>()
  return {
    fetchFor: ({ baseUrl, allowPrivate = isPlainlyLocal(baseUrl) }) => {
      const known = pools.get(allowPrivate)
      if (known) return known
      const agent = createEgressAgent({ allowPrivate, maxSockets, connectTimeoutMs })
      const made = createEgressFetch(agent)
      pools.set(allowPrivate, made)
      return made
    },
  }
}

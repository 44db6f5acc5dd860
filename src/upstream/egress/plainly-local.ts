// Whether a base_url is plainly an address of this machine or network. Only the usual spelling counts: 127.1, 0x7f000001, full-width
// digits or [::ffff:7f00:1] are obfuscated and need `allow_private: true`.
import { isIP } from 'node:net'
import { isOwnNetwork } from './address.ts'

/**
 * A loopback or private address in its usual form, `localhost`, `host.docker.internal`, or a name without a dot (a
 * container or host of the own network; public DNS has no such names).
 */
export const isPlainlyLocal = (baseUrl: string): boolean => {
  const written = /^https?:\/\/([^/:@[\]]+|\[[^\]]+\])(?::\d+)?(?:\/|$)/.exec(baseUrl)?.[1]
  // A host that the URL parser had to rewrite was not written plainly.
  if (written === undefined || new URL(baseUrl).hostname !== written) return false
  const host = written.replace(/^\[|\]$/g, '')
  if (isIP(host) === 0) {
    return host === 'host.docker.internal' || /^[a-z][a-z0-9_-]*$/.test(host)
  }
  return isOwnNetwork(host)
}

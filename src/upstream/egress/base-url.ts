// Validates a provider's base_url by an allow-list of its parts, after the URL parser has normalised the address (hex, octal,
// full-width). Loopback and private networks are allowed, for local model servers.
import { isIP } from 'node:net'
import { RouterError } from '../../errors.ts'
import { addressKind } from './address.ts'

/**
 * The URL without its trailing slashes.
 * @throws RouterError `invalid_config` naming the provider; the URL itself is not printed, it may hold a password.
 */
export const checkBaseUrl = (provider: string, baseUrl: string): string => {
  const refuse = (problem: string): never => {
    const path = `providers.${provider}.base_url`
    throw new RouterError('invalid_config', `${path} ${problem}.`, { param: path })
  }
  if (!URL.canParse(baseUrl)) return refuse('is not a URL')
  const url = new URL(baseUrl)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') refuse('must be http or https')
  if (/[\s\\\p{Cc}]/u.test(baseUrl))
    refuse('must not hold spaces, backslashes or control characters')
  if (/^[^/]*\/\/[^/]*@/.test(baseUrl)) refuse('must not hold credentials; use api_key_env')
  if (baseUrl.includes('?')) refuse('must not have a query')
  if (baseUrl.includes('#')) refuse('must not have a fragment')
  if (isForbiddenHost(url.hostname)) {
    refuse('is the address of a cloud metadata service, link-local, multicast or reserved')
  }
  return url.href.replace(/\/+$/, '')
}

// Metadata services of clouds and unreachable addresses: never a model server.
const isForbiddenHost = (hostname: string): boolean => {
  const host = hostname.replace(/\.$/, '').replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return addressKind(host) === 'forbidden'
  return /^metadata(\.google\.internal)?$/.test(host)
}

// The environment's proxy: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case. Names are resolved by the proxy, so that only literal
// addresses of a base URL can be checked here.
import { isLoopbackHost } from '../../core/loopback.ts'
import { RouterError } from '../../errors.ts'

export interface ProxySettings {
  /** For addresses with http and https; '' where there is none. */
  http: string
  https: string
  /** Hosts that are connected to directly (NO_PROXY). */
  except: string
}

type Env = Record<string, string | undefined>

const read = (env: Env, name: string): string => (env[name.toLowerCase()] ?? env[name] ?? '').trim()

const isProxyUrl = (value: string): boolean =>
  URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)

/** @throws RouterError `invalid_config` naming the variable; its value may hold a password */
const checked = (env: Env, name: string): string => {
  const value = read(env, name)
  if (value === '' || isProxyUrl(value)) return value
  throw new RouterError(
    'invalid_config',
    `${name}: expected the address of a proxy like http://proxy.example:3128.`,
    { param: name },
  )
}

/** Null where the environment names no proxy. @throws RouterError `invalid_config` */
export const readProxySettings = (env: Env): ProxySettings | null => {
  const settings = {
    http: checked(env, 'HTTP_PROXY'),
    https: checked(env, 'HTTPS_PROXY'),
    except: read(env, 'NO_PROXY'),
  }
  return settings.http === '' && settings.https === '' ? null : settings
}

/** As undici's EnvHttpProxyAgent reads NO_PROXY: hosts and all below them, each with or without a port; `*` is all. */
const isExcepted = ({ hostname, port, protocol }: URL, except: string): boolean => {
  if (except === '*') return true
  const at = port !== '' ? port : protocol === 'https:' ? '443' : '80'
  return except.split(/[,\s]/).some((entry) => {
    const colon = /:\d+$/.exec(entry)?.index ?? entry.length
    const name = entry
      .slice(0, colon)
      .replace(/^\*?\./, '')
      .toLowerCase()
    if (name === '' || (colon < entry.length && entry.slice(colon + 1) !== at)) return false
    return hostname === name || hostname.endsWith(`.${name}`)
  })
}

/** The proxy for an address and the variable that names it; null for a direct connection. */
export const proxyFor = (
  baseUrl: string,
  settings: ProxySettings | null,
): { url: string; variable: string } | null => {
  const url = new URL(baseUrl)
  if (settings === null || isLoopbackHost(url.hostname)) return null
  if (isExcepted(url, settings.except)) return null
  const isTls = url.protocol === 'https:'
  const ofHttps = { url: settings.https, variable: 'HTTPS_PROXY' }
  const ofHttp = { url: settings.http, variable: 'HTTP_PROXY' }
  // Without a proxy of its own, https takes that of http.
  const chosen = isTls && settings.https !== '' ? ofHttps : ofHttp
  return chosen.url === '' ? null : chosen
}

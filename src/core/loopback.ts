// Whether a host is a loopback address: for listening addresses and for the Host and Origin headers of requests.

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const LOOPBACK = new RegExp(
  `^(?:(?:[a-z0-9-]+\\.)*localhost|127(?:\\.${OCTET}){3}|::1|\\[::1\\])$`,
  'i',
)

/** `host` without a port; an IPv6 address with or without brackets. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK.test(host)

/** The host of a Host header's `host:port`. */
export const hostOf = (authority: string): string => authority.replace(/:\d{0,5}$/, '')

// Whether a host is this machine and no other, as a listening address or in the Host and Origin of a request.

const LOOPBACK = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i

/** `host` without a port; an IPv6 address with or without brackets. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK.test(host)

/** The host of a Host header's `host:port`. */
export const hostOf = (authority: string): string => authority.replace(/:\d{0,5}$/, '')

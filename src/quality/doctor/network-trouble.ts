// A code of the system, of DNS or of TLS → what it means for an address, and what to do. Says nothing of keys or prompts.
import type { Trouble } from './finding.ts'

export interface Address {
  /** `providers.NAME.base_url`, or the variable of a proxy. */
  setting: string
  host: string
  port: number
}

type Explain = (address: Address) => Omit<Trouble, 'detail'>

const unknownName: Explain = ({ host, setting }) => ({
  cause: `DNS knows no host ${host}: the name is misspelt, or this machine's resolver does not see it.`,
  fix: `Correct ${setting}, or the resolver (/etc/resolv.conf); try: getent hosts ${host}`,
})

const resolverDown: Explain = ({ host }) => ({
  cause: `The resolver of this machine did not answer for ${host}.`,
  fix: 'Look at /etc/resolv.conf and at whether this machine or container reaches its DNS server.',
})

const refused: Explain = ({ host, port, setting }) => ({
  cause: `Nothing listens on port ${port} of ${host}, or a firewall refuses it.`,
  fix: `Start the server there, or correct host and port in ${setting}.`,
})

const unreachable: Explain = ({ host, port, setting }) => ({
  cause: `No packet came back from ${host}:${port}: a firewall drops them, there is no way there, or the host is down.`,
  fix: `Open the firewall for ${host}:${port}, set HTTPS_PROXY where one must be used, or correct ${setting}.`,
})

const unknownCa: Explain = ({ host }) => ({
  cause: `The certificate of ${host} is signed by an authority that this machine does not know (a company's proxy, or a certificate of one's own).`,
  fix: "Set NODE_EXTRA_CA_CERTS to a PEM file with that authority's certificate, and start again.",
})

const noTls: Explain = ({ setting }) => ({
  cause: 'The server does not speak TLS on this port.',
  fix: `Write http:// in ${setting} where it is a plain server, or correct the port.`,
})

const TROUBLES: Readonly<Record<string, Explain>> = {
  ENOTFOUND: unknownName,
  ENODATA: unknownName,
  EAI_AGAIN: resolverDown,
  ETIMEOUT: resolverDown,
  ECONNREFUSED: refused,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  CERT_HAS_EXPIRED: ({ host }) => ({
    cause: `The certificate of ${host} has expired, or the clock of this machine is ahead.`,
    fix: `Renew the certificate of ${host}; if it is not yours, compare this machine's clock.`,
  }),
  CERT_NOT_YET_VALID: ({ host }) => ({
    cause: `The certificate of ${host} is not valid yet: the clock of this machine is behind.`,
    fix: 'Set the clock of this machine (NTP).',
  }),
  SELF_SIGNED_CERT_IN_CHAIN: unknownCa,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownCa,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ host, setting }) => ({
    cause: `The certificate that was shown is not of ${host}.`,
    fix: `Write the name that the certificate is for into ${setting}, or fix the certificate.`,
  }),
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EGRESS_DENIED: ({ host, setting }) => ({
    cause: `${host} leads to this machine, a private network or a metadata service, which is not allowed.`,
    fix: `Set allow_private: true beside ${setting} where that is meant; metadata addresses never are.`,
  }),
}

/** @param code of the error, e.g. `ECONNREFUSED`; null where there was none */
export const networkTrouble = (code: string | null, address: Address): Trouble => {
  const { host, port, setting } = address
  const known = code !== null && Object.hasOwn(TROUBLES, code) ? TROUBLES[code] : undefined
  const explained = known?.(address) ?? {
    cause: `The connection to ${host}:${port} broke off.`,
    fix: `Look at what stands between here and ${host}: firewall, proxy, load balancer; check ${setting}.`,
  }
  return { detail: `${host}:${port} cannot be reached${code ? ` (${code})` : ''}.`, ...explained }
}

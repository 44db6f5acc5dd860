// Classifies an IP address as public, private or forbidden. Applied to the address that is connected to, so that odd spellings and
// DNS rebinding do not matter. Ranges are those of ipaddr.js, which follows IANA's special-purpose registries; metadata addresses of
// clouds and IPv4 inside IPv6 are added here.
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * `public`: global unicast. `private`: this machine, its network, or a special purpose (translation, tunnels, tests,
 * documentation). `forbidden`: metadata services of clouds, which hand out credentials, and unreachable addresses.
 */
export type AddressKind = 'public' | 'private' | 'forbidden'

type Ip = ipaddr.IPv4 | ipaddr.IPv6

// Metadata and platform services outside the link-local ranges: Azure, Alibaba, Oracle; AWS (two), GCP.
const METADATA = new Set([
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
])

const UNREACHABLE = new Set<string>(['linkLocal', 'multicast', 'broadcast'])

/** Ranges of own model servers; all other non-public ranges have a special purpose. */
const OWN_NETWORK = new Set<string>([
  'unspecified',
  'loopback',
  'private',
  'carrierGradeNat',
  'uniqueLocal',
])

/** The kind of an IP address in text form (a zone such as `%eth0` is ignored); other text is `forbidden`. */
export const addressKind = (address: string): AddressKind => {
  const ip = parse(address)
  return ip === null ? 'forbidden' : kindOf(ip)
}

/** Whether an address is of this machine or its network itself, not one that is translated to it. */
export const isOwnNetwork = (address: string): boolean => {
  const ip = parse(address)
  return ip !== null && kindOf(ip) === 'private' && OWN_NETWORK.has(ip.range())
}

// ipaddr.js takes octal and shortened forms as well, which no address of a socket has, and reads ::a.b.c.d as
// ::ffff:a.b.c.d; the URL parser writes the dotted tail in hexadecimal.
const parse = (address: string): Ip | null => {
  const [bare = ''] = address.split('%', 1)
  const version = isIP(bare)
  if (version === 0) return null
  return ipaddr.parse(version === 4 ? bare : new URL(`http://[${bare}]`).hostname.slice(1, -1))
}

const kindOf = (ip: Ip): AddressKind => {
  const range: string = ip.range()
  if (UNREACHABLE.has(range) || METADATA.has(ip.toString())) return 'forbidden'
  return ip.kind() === 'ipv4' ? kindV4(ip as ipaddr.IPv4) : kindV6(ip as ipaddr.IPv6)
}

const RESERVED_FROM = 240

const kindV4 = (ip: ipaddr.IPv4): AddressKind => {
  if ((ip.octets[0] ?? 0) >= RESERVED_FROM) return 'forbidden'
  return ip.range() === 'unicast' ? 'public' : 'private'
}

const kindV6 = (ip: ipaddr.IPv6): AddressKind => {
  // For the socket a mapped address is the IPv4 address itself.
  if (ip.range() === 'ipv4Mapped') return kindOf(ip.toIPv4Address())
  const inner = embeddedV4(ip)
  if (inner.some((v4) => kindOf(v4) === 'forbidden')) return 'forbidden'
  return inner.length === 0 && ip.range() === 'unicast' && isGlobal(ip) ? 'public' : 'private'
}

/** IANA has given out no global unicast addresses outside 2000::/3. */
const isGlobal = ({ parts: [first = 0] }: ipaddr.IPv6): boolean => (first & 0xe000) === 0x2000

/** The IPv4 addresses that translation or a tunnel may make of such an address. */
const embeddedV4 = (ip: ipaddr.IPv6): ipaddr.IPv4[] => {
  const bytes = ip.toByteArray()
  const at = (...indexes: number[]) => new ipaddr.IPv4(indexes.map((index) => bytes[index] ?? 0))
  const tail = at(12, 13, 14, 15)
  switch (ip.range() as string) {
    case 'rfc6145': // ::ffff:0:a.b.c.d
      return [tail]
    case 'rfc6052': // 64:ff9b::/96 and 64:ff9b:1::/48, whose prefix may be 48, 56, 64 or 96 bits long
      return [at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12), tail]
    case '6to4':
      return [at(2, 3, 4, 5)]
    case 'teredo': // the server's, and the client's with its bits turned over
      return [at(4, 5, 6, 7), new ipaddr.IPv4(tail.octets.map((octet) => octet ^ 0xff))]
    default:
      return isCompatible(ip) || isIsatap(ip) ? [tail] : []
  }
}

/** ::a.b.c.d; `::` and `::1` are addresses of IPv6 itself. */
const isCompatible = (ip: ipaddr.IPv6): boolean =>
  ip.range() === 'unicast' && ip.parts.slice(0, 6).every((part) => part === 0)

/** Any prefix before 0:5efe:a.b.c.d (RFC 5214), with or without the bit of a globally unique interface. */
const isIsatap = ({ parts }: ipaddr.IPv6): boolean =>
  ((parts[4] ?? 0) & 0xfdff) === 0 && parts[5] === 0x5efe

// What kind of place an IP address is. Applied to the address that is connected to, never to how somebody wrote it, so
// odd spellings and names that change their mind (DNS rebinding) do not matter.
import { BlockList, isIP } from 'node:net'

/** `forbidden`: clouds hand out credentials there, or nobody can be reached there. */
export type AddressKind = 'public' | 'private' | 'forbidden'

type Subnet = [network: string, prefix: number]

const listOf = (family: 'ipv4' | 'ipv6', subnets: Subnet[]): BlockList => {
  const list = new BlockList()
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family)
  return list
}

// Link-local (metadata of AWS, GCP, Azure, …), Alibaba's metadata, multicast and broadcast.
const FORBIDDEN_V4 = listOf('ipv4', [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
])
// Link-local, the metadata addresses of AWS and GCP, multicast.
const FORBIDDEN_V6 = listOf('ipv6', [
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
  ['ff00::', 8],
])
// IANA special-purpose registry (RFC 6890): this host, private use, shared, loopback, protocols, tests, benchmarks.
const PRIVATE_V4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
])
// Unspecified and loopback, unique local, old site-local, local NAT64, discard, Teredo, documentation.
const PRIVATE_V6 = listOf('ipv6', [
  ['::', 127],
  ['fc00::', 7],
  ['fec0::', 10],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
])

/** The kind of an IP address in text form (a zone such as `%eth0` is ignored); what is none is `forbidden`. */
export const addressKind = (address: string): AddressKind => {
  const bare = address.replace(/%.*$/, '')
  const version = isIP(bare)
  if (version === 4) return kindV4(bare)
  return version === 6 ? kindV6(bare) : 'forbidden'
}

const kindV4 = (address: string): AddressKind => {
  if (FORBIDDEN_V4.check(address, 'ipv4')) return 'forbidden'
  return PRIVATE_V4.check(address, 'ipv4') ? 'private' : 'public'
}

const kindV6 = (address: string): AddressKind => {
  if (FORBIDDEN_V6.check(address, 'ipv6')) return 'forbidden'
  if (PRIVATE_V6.check(address, 'ipv6')) return 'private'
  const inner = embeddedV4(groupsOf(address))
  return inner === null ? 'public' : kindV4(inner)
}

const groupsOf = (address: string): number[] => {
  // The URL parser writes every form (upper case, dotted tail) in hexadecimal groups with at most one `::`.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  if (tail === undefined) return read(head)
  const [left, right] = [read(head), read(tail)]
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

/** The IPv4 address that such an IPv6 address leads to: mapped, compatible, NAT64, 6to4; else null. */
const embeddedV4 = (groups: number[]): string | null => {
  const prefix = groups.slice(0, 6).join(':')
  const isTail = ['0:0:0:0:0:65535', '0:0:0:0:0:0', '100:65435:0:0:0:0'].includes(prefix)
  const [high, low] = isTail ? groups.slice(6) : groups.slice(1, 3)
  if ((!isTail && groups[0] !== 0x2002) || high === undefined || low === undefined) return null
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

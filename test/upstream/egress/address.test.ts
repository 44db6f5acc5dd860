// The kind of an address is that of the place it leads to, in every form an address can have.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKind } from '../../../src/upstream/egress/address.ts'
import { isPlainlyLocal } from '../../../src/upstream/egress/plainly-local.ts'

describe('addressKind', () => {
  it.each([
    ['127.0.0.1', 'private'],
    ['127.255.255.254', 'private'],
    ['0.0.0.0', 'private'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.178.1', 'private'],
    ['100.64.0.1', 'private'],
    ['::', 'private'],
    ['::1', 'private'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['::ffff:127.0.0.1', 'private'],
    ['::FFFF:7F00:1', 'private'],
    ['::127.0.0.1', 'private'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['2002:c0a8:1::', 'private'],
    ['2001:0:1::1', 'forbidden'],
    ['100.127.255.255', 'private'],
    ['192.0.0.8', 'private'],
    ['192.0.2.1', 'private'],
    ['192.88.99.1', 'private'],
    ['198.18.0.1', 'private'],
    ['198.19.255.255', 'private'],
    ['198.51.100.1', 'private'],
    ['203.0.113.1', 'private'],
    ['::ffff:0:8.8.8.8', 'private'],
    ['::ffff:0:127.0.0.1', 'private'],
    ['::ffff:0:169.254.169.254', 'forbidden'],
    ['::8.8.8.8', 'private'],
    ['64:ff9b::8.8.8.8', 'private'],
    ['64:ff9b:1::8.8.8.8', 'private'],
    ['64:ff9b:1::169.254.169.254', 'forbidden'],
    ['64:ff9b:1:a9fe:a9:fe00::', 'forbidden'],
    ['2002:808:808::1', 'private'],
    ['2001:0:808:808:0:0:f7f7:f7f7', 'private'],
    ['2001:0:a9fe:a9fe::1', 'forbidden'],
    ['2001:0:808:808:0:0:5601:5601', 'forbidden'],
    ['2606:4700::5efe:10.0.0.1', 'private'],
    ['2606:4700::200:5efe:169.254.169.254', 'forbidden'],
    ['2001:2::1', 'private'],
    ['2001:db8::1', 'private'],
    ['3fff::1', 'private'],
    ['5f00::1', 'private'],
    ['4000::1', 'private'],
    ['fec0::1', 'private'],
    ['100::1', 'private'],
    ['168.63.129.16', 'forbidden'],
    ['::ffff:168.63.129.16', 'forbidden'],
    ['64:ff9b::a83f:8110', 'forbidden'],
    ['192.0.0.192', 'forbidden'],
    ['240.0.0.1', 'forbidden'],
    ['fd00:ec2::23', 'forbidden'],
    ['fd20:ce::254', 'forbidden'],
    ['169.254.169.254', 'forbidden'],
    ['169.254.0.1', 'forbidden'],
    ['100.100.100.200', 'forbidden'],
    ['224.0.0.1', 'forbidden'],
    ['255.255.255.255', 'forbidden'],
    ['fd00:ec2::254', 'forbidden'],
    ['fd00:0ec2:0:0:0:0:0:254', 'forbidden'],
    ['fe80::1%eth0', 'forbidden'],
    ['ff02::1', 'forbidden'],
    ['::ffff:169.254.169.254', 'forbidden'],
    ['64:ff9b::a9fe:a9fe', 'forbidden'],
    ['2002:a9fe:a9fe::1', 'forbidden'],
    ['no address', 'forbidden'],
    ['', 'forbidden'],
    ['127.1', 'forbidden'],
    ['8.8.8.8', 'public'],
    ['172.32.0.1', 'public'],
    ['100.128.0.1', 'public'],
    ['2606:4700:4700::1111', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['168.63.129.17', 'public'],
    ['198.20.0.1', 'public'],
    ['192.0.1.1', 'public'],
    ['2a00:1450:4001:82a::200e', 'public'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind)
  })

  it('is the same for an IPv4 address and its mapped form', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(addressKind(`::ffff:${address}`)).toBe(addressKind(address))
      }),
    )
  })

  it('is never public for an IPv4 address that is reached by translation, nor milder than its own', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const kind = addressKind(address) === 'forbidden' ? 'forbidden' : 'private'
        const forms = [`64:ff9b::${address}`, `::ffff:0:${address}`]
        for (const form of forms) expect(addressKind(form), form).toBe(kind)
      }),
    )
  })
})

describe('isPlainlyLocal', () => {
  it.each([
    'http://127.0.0.1:11434/v1',
    'http://127.0.0.1',
    'http://[::1]:8000/v1',
    'http://localhost:1234/v1',
    'https://192.168.1.20/v1',
    'http://10.0.0.5:8000/v1',
    'http://ollama:11434/v1',
    'http://host.docker.internal:11434/v1',
    'http://100.64.1.2:8000/v1',
    'http://[fd12:3456::1]:8000/v1',
  ])('takes %s', (url) => {
    expect(isPlainlyLocal(url)).toBe(true)
  })

  it.each([
    'https://api.openai.com/v1',
    'http://0x7f000001/v1',
    'http://2130706433/v1',
    'http://127.1/v1',
    'http://0177.0.0.1/v1',
    'http://１２７.0.0.1/v1',
    'http://[::ffff:7f00:1]/v1',
    'http://localhost./v1',
    'http://LOCALHOST/v1',
    'http://127.0.0.1.nip.io/v1',
    'http://169.254.169.254/v1',
    'http://user@localhost/v1',
    'http://100.100.100.200/v1',
    'http://198.18.0.1/v1',
    'http://192.0.0.8/v1',
    'http://[64:ff9b::a00:1]/v1',
    'http://[2002:a00:1::]/v1',
    'http://[2001:db8::1]/v1',
    'http://8.8.8.8/v1',
  ])('does not take %s', (url) => {
    expect(isPlainlyLocal(url)).toBe(false)
  })
})

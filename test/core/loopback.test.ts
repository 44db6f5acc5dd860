// Which hosts are this machine and no other. One list for the listening address, Host and Origin.
import { expect, it } from 'vitest'
import { hostOf, isLoopbackHost } from '../../src/core/loopback.ts'

it.each(['localhost', 'LOCALHOST', 'app.localhost', '127.0.0.1', '127.255.0.9', '::1', '[::1]'])(
  '%s is loopback',
  (host) => {
    expect(isLoopbackHost(host)).toBe(true)
  },
)

it.each([
  '',
  '0.0.0.0',
  '::',
  '128.0.0.1',
  '127.0.0.1.evil.test',
  '127.0.0.256',
  'localhost.evil.test',
  'evil-localhost',
  '[::1',
  '::1]',
  '1::1',
])('%s is not', (host) => {
  expect(isLoopbackHost(host)).toBe(false)
})

it('takes the port off an authority', () => {
  expect(['localhost:8787', '[::1]:1', '127.0.0.1'].map(hostOf)).toEqual([
    'localhost',
    '[::1]',
    '127.0.0.1',
  ])
})

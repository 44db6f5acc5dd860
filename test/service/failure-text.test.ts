import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { failureText, refusalText } from '../../src/service/failure-text.ts'

const refused = (facts: object): Error => Object.assign(new Error('E: raw, system words'), facts)

const listening = (port: number) => {
  const server = createServer()
  return new Promise<{ error: unknown; server: typeof server }>((resolve) => {
    server.once('error', (error) => resolve({ error, server }))
    server.listen(port, '127.0.0.1', () => resolve({ error: null, server }))
  })
}

it('names the port that is in use, and how to choose another', async () => {
  const { server } = await listening(0)
  const { port } = server.address() as AddressInfo
  const { error } = await listening(port)
  server.close()
  expect(failureText(error)).toBe(
    `Port ${port} of 127.0.0.1 is in use by another process: stop it, or choose another with --port, PORT or server.port.`,
  )
})

it.each([
  [
    { syscall: 'listen', code: 'EACCES', address: '0.0.0.0', port: 80 },
    /0\.0\.0\.0:80: ports below/,
  ],
  [
    { syscall: 'listen', code: 'EADDRNOTAVAIL', address: '10.9.9.9', port: 1 },
    /^10\.9\.9\.9 is not/,
  ],
  [
    { syscall: 'getaddrinfo', code: 'ENOTFOUND', hostname: 'nowhere' },
    /^nowhere is not an address/,
  ],
  [{ code: 'EROFS', path: '/data/x' }, /^\/data\/x: the file system is read-only \(EROFS\)\.$/],
  [{ code: 'EACCES', path: '/data/x' }, /^\/data\/x: this user has no permission \(EACCES\)\.$/],
])('says what %j means', (facts, text) => {
  expect(failureText(refused(facts))).toMatch(text)
})

it('leaves our own errors, and what it does not know, in their own words', () => {
  expect(failureText(new RouterError('invalid_config', 'a\n  b'))).toBe('a\n  b')
  expect(failureText(refused({ code: 'EWEIRD' }))).toBe('E: raw, system words')
  expect(failureText('thrown')).toBe('thrown')
  expect(refusalText(new Error('x'))).toBeNull()
})

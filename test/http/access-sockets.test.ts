// Requests that no well-behaved client writes, as bytes on a socket: however a path, a Host or a key is spelt, nobody gets
// further than the plain spelling would let them.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createKeyedApp } from '../support/keyed-app.ts'
import { rawClient } from '../support/raw-client.ts'

const adapters = [
  ["the adapter's Request", true],
  ["Node's Request", false],
] as const

const start = async (overrideGlobalObjects: boolean) => {
  const keyed = await createKeyedApp()
  const server = serve({
    fetch: keyed.app.fetch,
    port: 0,
    hostname: '127.0.0.1',
    overrideGlobalObjects,
  }) as Server
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  /** The answer's status and body, to a request line's target and whole header lines. */
  const ask = async (target: string, headers: string[] = []) => {
    const client = await rawClient(port)
    const host = headers.some((line) => /^host:/i.test(line)) ? [] : ['Host: localhost']
    const lines = [`GET ${target} HTTP/1.1`, ...host, ...headers, 'Connection: close', '', '']
    client.socket.write(lines.join('\r\n'), 'latin1')
    const text = await client.closed()
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text }
  }
  return { ...keyed, ask }
}

const TARGETS = [
  'http://localhost/admin/keys',
  'http://127.0.0.1/healthz/../admin/keys',
  'http://evil.test/admin/keys',
  'http://user:password@localhost/admin/keys',
  'https://localhost/admin/keys',
  'HTTP://LOCALHOST/admin/keys',
  '//admin/keys',
  '//localhost/admin/keys',
  '///admin/keys',
  '/admin//keys',
  '/%61dmin/keys',
  '/admin%2fkeys',
  '/admin%2Fkeys',
  '/admin/keys/',
  '/ADMIN/keys',
  '/v1/..;/admin/keys',
  '/v1/../admin/keys',
  '/v1/%2e%2e/admin/keys',
  '/healthz/..%2fadmin/keys',
  '/healthz/%2e%2e/admin/keys',
  '/healthz;/../admin/keys',
  '/readyz/../../admin/keys',
  '/admin/keys%00',
  '/admin/keys?/healthz',
  '/admin/keys#/healthz',
  '/./admin/keys',
  '/\\admin/keys',
  '\\admin\\keys',
  '*',
]

describe.each(adapters)('with %s, a request target', (_name, override) => {
  it('spelt in any way shows no key to nobody, and none to a key without the role', async () => {
    const { ask, add, memory } = await start(override)
    const caller = add({ roles: ['inference', 'feedback'] })
    add({ roles: ['admin'] })
    const ids = memory.keys.map(({ id }) => id)
    const bearer = `Authorization: Bearer ${caller.secret}`
    for (const target of TARGETS) {
      const nobody = await ask(target)
      expect([target, [400, 401].includes(nobody.status)]).toEqual([target, true])
      const known = await ask(target, [bearer])
      expect([target, [400, 403, 404].includes(known.status)]).toEqual([target, true])
      for (const id of ids) expect(nobody.text + known.text).not.toContain(id)
    }
  })

  it('is decided on by its path alone, whatever Host and forwarding headers say', async () => {
    const { ask, add } = await start(override)
    const caller = add({ roles: ['inference'] })
    const { secret } = add({ roles: ['admin'] })
    const SAID = [
      'Host: localhost',
      'Host: admin.internal',
      'Host: localhost/healthz?',
      'Host: localhost\\@healthz',
      'Host: [::1]',
      'Host: localhost/healthz#',
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Host: localhost',
      'X-Forwarded-Prefix: /healthz',
      'X-Original-URL: /healthz',
      'Forwarded: for=127.0.0.1;host=localhost',
    ]
    for (const line of SAID) {
      const as = async (key: string) => (await ask('/admin/keys', [line, key])).status
      const [nobody, known, admin] = [
        await as('X-None: 1'),
        await as(`X-Api-Key: ${caller.secret}`),
        await as(`X-Api-Key: ${secret}`),
      ]
      expect([line, [400, 401].includes(nobody)]).toEqual([line, true])
      expect([line, [400, 403].includes(known)]).toEqual([line, true])
      expect([line, [200, 400].includes(admin)]).toEqual([line, true])
      // Nobody learns by a header what the key alone would not tell.
      expect([line, nobody === 400]).toEqual([line, admin === 400])
    }
  })
})

describe.each(adapters)('with %s, an authorization header', (_name, override) => {
  it('that is sent twice, or in pieces, or as no text, is no key', async () => {
    const { ask, add } = await start(override)
    const { secret } = add({ roles: ['admin'] })
    const right = `Authorization: Bearer ${secret}`
    expect((await ask('/admin/keys', [right])).status).toBe(200)
    const WRONG: string[][] = [
      [right, 'Authorization: Bearer x'],
      ['Authorization: Bearer x', right],
      ['Authorization:', right],
      [`X-Api-Key: ${secret}`, 'X-Api-Key: x'],
      ['Authorization: Bearer \xff\xfe'],
      [`Authorization: Bearer ${secret}\xe9`],
      [`Authorization: Bearer\t${secret}x`],
      [`Proxy-Authorization: Bearer ${secret}`],
      [`Cookie: authorization=Bearer ${secret}`],
      ["Authorization: Bearer ' OR 1=1 --"],
    ]
    for (const headers of WRONG) {
      const { status } = await ask('/admin/keys', headers)
      expect([headers, status]).toEqual([headers, 401])
    }
  })

  it('that is right counts beside an x-api-key that is foreign or empty', async () => {
    const { ask, add } = await start(override)
    const { secret } = add({ roles: ['admin'] })
    for (const other of ['X-Api-Key: x', 'X-Api-Key:']) {
      expect((await ask('/admin/keys', [other, `Authorization: Bearer ${secret}`])).status).toBe(
        200,
      )
    }
  })

  it('of 100 kB is refused before it is read, and the next request is served', async () => {
    const { ask, add } = await start(override)
    const { secret } = add({ roles: ['admin'] })
    const { status } = await ask('/admin/keys', [`Authorization: Bearer ${'a'.repeat(100_000)}`])
    expect(status).toBe(431)
    expect((await ask('/admin/keys', [`Authorization: Bearer ${secret}`])).status).toBe(200)
  })
})

// The environment's proxy: a proxy on loopback that counts what it is asked to lead to, and a server behind it.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createEgress } from '../../../src/upstream/egress/egress.ts'
import type { FetchInit } from '../../../src/upstream/egress/fetch-port.ts'
import { readProxySettings } from '../../../src/upstream/egress/proxy.ts'

const asked: string[] = []
let server: Server
let proxy: Server

const portOf = (listening: Server): number => (listening.address() as AddressInfo).port

beforeAll(async () => {
  server = createServer((_request, response) => response.end('answer')).listen(0, '127.0.0.1')
  proxy = createServer().listen(0, '127.0.0.1')
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const behind = connect(portOf(server), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(behind).pipe(socket)
    })
    socket.on('error', () => behind.destroy())
    behind.on('error', () => socket.destroy())
  })
  await Promise.all([once(server, 'listening'), once(proxy, 'listening')])
})
afterEach(() => {
  asked.length = 0
})
afterAll(() => {
  for (const each of [server, proxy]) {
    each.closeAllConnections()
    each.close()
  }
})

const init = (): FetchInit => ({
  method: 'POST',
  headers: {},
  body: '{}',
  redirect: 'manual',
  signal: new AbortController().signal,
})

const fetchBy = (baseUrl: string, env: Record<string, string>) => {
  const settings = { HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`, ...env }
  const options = { maxSockets: 8, connectTimeoutMs: 5_000, proxy: readProxySettings(settings) }
  return createEgress(options).fetchFor({ baseUrl })(baseUrl, init())
}

it('leads to a provider by its name, which the proxy looks up', async () => {
  const { body } = await fetchBy('http://models.example/v1', {})
  expect(await new Response(body).text()).toBe('answer')
  expect(asked).toEqual(['models.example:80'])
})

it('is taken in lower case before upper case', async () => {
  const env = { http_proxy: `http://127.0.0.1:${portOf(proxy)}`, HTTP_PROXY: 'http://127.0.0.1:1' }
  expect((await fetchBy('http://models.example/', env)).status).toBe(200)
})

it('is not asked for this machine', async () => {
  const { body } = await fetchBy(`http://127.0.0.1:${portOf(server)}/`, {})
  expect(await new Response(body).text()).toBe('answer')
  expect(asked).toEqual([])
})

it('is not asked for what NO_PROXY names, whose address is checked here again', async () => {
  const call = fetchBy('http://metadata.models.example/', { NO_PROXY: '.models.example' })
  await expect(call).rejects.toThrow()
  expect(asked).toEqual([])
})

it('is not asked for an address that may not be connected to from here either', async () => {
  for (const host of ['169.254.169.254', '0x0a000001', '[::ffff:a9fe:a9fe]']) {
    const call = fetchBy(`http://${host}/`, {})
    await expect(call).rejects.toMatchObject({ code: 'EGRESS_DENIED' })
  }
  expect(asked).toEqual([])
})

it('must have an address with http or https, which the refusal does not print', () => {
  for (const value of ['proxy.example:3128', 'socks5://user:secret@proxy.example', '/x']) {
    expect(() => readProxySettings({ HTTPS_PROXY: value })).toThrow(
      'HTTPS_PROXY: expected the address of a proxy like http://proxy.example:3128.',
    )
  }
  expect(readProxySettings({ HTTPS_PROXY: ' ', NO_PROXY: 'x' })).toBeNull()
})

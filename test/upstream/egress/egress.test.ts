// Who may be connected to is decided on the address, at connect time: against a server on loopback that counts what
// reaches it, and a resolver in the hands of the test.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createEgressAgent,
  type EgressAgentOptions,
  type Resolve,
} from '../../../src/upstream/egress/agent.ts'
import { createEgress } from '../../../src/upstream/egress/egress.ts'
import { createEgressFetch } from '../../../src/upstream/egress/fetch.ts'
import type { FetchInit } from '../../../src/upstream/egress/fetch-port.ts'

let server: Server
let port: number
let connections = 0
let handle: RequestListener = (_request, response) => response.end('ok')

beforeAll(async () => {
  server = createServer((request, response) => handle(request, response))
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(() => {
  connections = 0
  handle = (_request, response) => response.end('ok')
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const init = (signal = new AbortController().signal): FetchInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
  redirect: 'manual',
  signal,
})
const fetchBy = (options: Partial<EgressAgentOptions> = {}) =>
  createEgressFetch(
    createEgressAgent({ allowPrivate: false, maxSockets: 8, connectTimeoutMs: 5_000, ...options }),
  )
const resolvesTo =
  (...addresses: string[]): Resolve =>
  (_name, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
const text = async (body: ReadableStream<Uint8Array> | null) => new Response(body).text()

describe('the check at connect time', () => {
  it.each([
    '127.0.0.1',
    '0x7f000001',
    '2130706433',
    '127.1',
    '0177.0.0.1',
    '１２７.0.0.1',
    '[::ffff:7f00:1]',
    '[::1]',
    'localhost',
    '0.0.0.0',
  ])('refuses loopback written as %s before any connection', async (host) => {
    await expect(fetchBy()(`http://${host}:${port}/`, init())).rejects.toMatchObject({
      code: 'EGRESS_DENIED',
    })
    expect(connections).toBe(0)
  })

  it.each(['models.test', 'localhost.'])(
    'refuses the name %s where it resolves to loopback',
    async (name) => {
      const call = fetchBy({ resolve: resolvesTo('127.0.0.1') })(`http://${name}:${port}/`, init())
      await expect(call).rejects.toMatchObject({ code: 'EGRESS_DENIED' })
      expect(connections).toBe(0)
    },
  )

  it.each([
    '168.63.129.16',
    '100.64.0.1',
    '192.0.0.8',
    '198.18.0.1',
    '::ffff:0:7f00:1',
    '64:ff9b::808:808',
    '64:ff9b:1::808:808',
    '2002:808:808::1',
    '2001:0:808:808::1',
  ])('refuses a name that resolves to %s, which is not a public address', async (address) => {
    const call = fetchBy({ resolve: resolvesTo(address) })(`http://models.test:${port}/`, init())
    await expect(call).rejects.toMatchObject({ code: 'EGRESS_DENIED' })
  })

  it('refuses a name that was allowed and then leads to loopback (DNS rebinding)', async () => {
    const answers = ['192.0.2.1', '127.0.0.1']
    const asked: string[] = []
    const resolve: Resolve = (name, callback) => {
      asked.push(name)
      resolvesTo(answers.shift() ?? '127.0.0.1')(name, callback)
    }
    const fetch = fetchBy({ resolve })
    for (const _ of answers.slice()) {
      const call = fetch(`http://models.test:${port}/`, init())
      await expect(call).rejects.toMatchObject({ code: 'EGRESS_DENIED' })
    }
    expect(asked).toHaveLength(2)
    expect(connections).toBe(0)
  })

  it('connects only to the allowed ones of several addresses', async () => {
    const allowed = fetchBy({
      allowPrivate: true,
      resolve: resolvesTo('169.254.169.254', '127.0.0.1'),
    })
    expect((await allowed(`http://models.test:${port}/`, init())).status).toBe(200)
    expect(connections).toBe(1)
  })

  it.each([
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '100.100.100.200',
    '168.63.129.16',
    '[64:ff9b::a9fe:a9fe]',
    '[::ffff:0:a9fe:a9fe]',
  ])('refuses %s even where private addresses are allowed', async (host) => {
    const call = fetchBy({ allowPrivate: true })(`http://${host}/`, init())
    await expect(call).rejects.toMatchObject({ code: 'EGRESS_DENIED' })
  })

  it('refuses a metadata name by what it resolves to', async () => {
    const fetch = fetchBy({ allowPrivate: true, resolve: resolvesTo('169.254.169.254') })
    await expect(fetch('http://metadata.test/', init())).rejects.toMatchObject({
      code: 'EGRESS_DENIED',
    })
  })

  it('lets a plainly local base URL through, and none that hides it or is told not to be', async () => {
    const { fetchFor } = createEgress({ maxSockets: 8, connectTimeoutMs: 5_000 })
    const url = `http://127.0.0.1:${port}`
    const hidden = `http://127.1:${port}`
    expect((await fetchFor({ baseUrl: url })(url, init())).status).toBe(200)
    const refused = { code: 'EGRESS_DENIED' }
    await expect(fetchFor({ baseUrl: hidden })(hidden, init())).rejects.toMatchObject(refused)
    const told = fetchFor({ baseUrl: url, allowPrivate: false })
    await expect(told(url, init())).rejects.toMatchObject(refused)
    expect((await fetchFor({ baseUrl: hidden, allowPrivate: true })(hidden, init())).ok).toBe(true)
  })
})

describe('the sockets', () => {
  it('N05 are at most max_sockets per origin for 1,000 calls at once, and all are served', async () => {
    let open = 0
    let most = 0
    handle = (_request, response) => {
      open += 1
      most = Math.max(most, open)
      setImmediate(() => {
        open -= 1
        response.end('ok')
      })
    }
    const fetch = fetchBy({ allowPrivate: true, maxSockets: 4 })
    const calls = Array.from({ length: 1_000 }, () => fetch(`http://127.0.0.1:${port}/`, init()))
    const texts = await Promise.all(calls.map(async (call) => text((await call).body)))
    expect(texts).toEqual(new Array(1_000).fill('ok'))
    expect(most).toBeLessThanOrEqual(4)
    expect(connections).toBeLessThanOrEqual(4)
  })

  it('are used again', async () => {
    const fetch = fetchBy({ allowPrivate: true })
    for (let i = 0; i < 5; i += 1) {
      await text((await fetch(`http://127.0.0.1:${port}/`, init())).body)
    }
    expect(connections).toBeLessThanOrEqual(2) // the next call may come before the last socket is free
  })

  it('are closed by an abort while the answer is awaited, and a waiting call is let go', async () => {
    let onArrival: (request: IncomingMessage) => void = () => undefined
    const arrived = new Promise<IncomingMessage>((resolve) => {
      onArrival = resolve
    })
    handle = (request) => onArrival(request)
    const fetch = fetchBy({ allowPrivate: true, maxSockets: 1 })
    const [first, second] = [new AbortController(), new AbortController()]
    const calls = [first, second].map(({ signal }) =>
      fetch(`http://127.0.0.1:${port}/`, init(signal)),
    )
    const closed = once((await arrived).socket, 'close')
    second.abort(new Error('left the queue'))
    await expect(calls[1]).rejects.toThrow('left the queue')
    first.abort(new Error('left'))
    await expect(calls[0]).rejects.toThrow('left')
    await closed
  })
})

describe('the answer', () => {
  it('holds what came before a cut, and then the error', async () => {
    handle = (_request, response) => {
      response.writeHead(200)
      response.write('one,')
      response.write('two', () => response.destroy())
    }
    const { body } = await fetchBy({ allowPrivate: true })(`http://127.0.0.1:${port}/`, init())
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    let received = ''
    const read = async (): Promise<void> => {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        received += new TextDecoder().decode(value)
      }
    }
    await expect(read()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
    expect(received).toBe('one,two')
  })

  it('is not read further than its reader does', async () => {
    let written = 0
    const closed = new Promise<void>((resolve) => {
      handle = (request, response) => {
        request.socket.once('close', resolve)
        const more = (): void => {
          while (!response.destroyed && written < 64e6) {
            written += 65_536
            if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more)
          }
        }
        more()
      }
    })
    const { body } = await fetchBy({ allowPrivate: true })(`http://127.0.0.1:${port}/`, init())
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    expect((await reader.read()).done).toBe(false)
    await reader.cancel()
    await closed
    expect(written).toBeLessThan(32e6)
  })

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is decoded from %s, which nobody asked for', async (encoding, encode) => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding })
      response.end(encode('grüße'))
    }
    const { body } = await fetchBy({ allowPrivate: true })(`http://127.0.0.1:${port}/`, init())
    expect(await text(body)).toBe('grüße')
  })

  it('breaks off where what is compressed does', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'br' })
      response.end(brotliCompressSync('x'.repeat(99)).subarray(0, 8))
    }
    const { body } = await fetchBy({ allowPrivate: true })(`http://127.0.0.1:${port}/`, init())
    await expect(text(body)).rejects.toThrow()
  })

  it('is refused where it is compressed in a way that nobody asked for and we cannot read', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'compress' })
      response.end('x')
    }
    const call = fetchBy({ allowPrivate: true })(`http://127.0.0.1:${port}/`, init())
    await expect(call).rejects.toMatchObject({ code: 'CONTENT_ENCODING' })
  })

  it('of a redirect is not followed', async () => {
    const paths: (string | undefined)[] = []
    handle = (request, response) => {
      paths.push(request.url)
      response.writeHead(307, { location: '/elsewhere' }).end()
    }
    const answer = await fetchBy({ allowPrivate: true })(`http://127.0.0.1:${port}/a`, init())
    expect(answer.status).toBe(307)
    expect(answer.headers.get('Location')).toBe('/elsewhere')
    expect(paths).toEqual(['/a'])
  })
})

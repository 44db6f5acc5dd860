import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { describeHttp } from '../support/http-matrix.ts'
import { rawClient, rawPost } from '../support/raw-client.ts'

const POSTS = ['/v1/chat/completions', '/v1/route', '/v1/feedback']
const chat = '/v1/chat/completions'

const errorOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(response.headers.get('x-request-id')).toBeTruthy()
  return errorSchema.parse(await response.json()).error
}

const chunked = (text: string, pieces: number): ReadableStream<Uint8Array> => {
  const bytes = new TextEncoder().encode(text)
  const size = Math.ceil(bytes.length / pieces)
  let at = 0
  return new ReadableStream({
    pull: (controller) => {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + size))
      else controller.close()
      at += size
    },
  })
}

type Encode = typeof gzipSync

const BOMB = JSON.stringify({
  model: 'auto',
  messages: [{ role: 'user', content: 'x'.repeat(9_000_000) }],
})
const bombs = new Map<Encode, Uint8Array>()

/** 9 MB in this encoding, made once. */
const bombIn = (encode: Encode): Uint8Array => {
  const bomb = bombs.get(encode) ?? encode(BOMB)
  bombs.set(encode, bomb)
  return bomb
}

const OF_8_MB = { server: { max_body_bytes: 8_388_608 } }

describeHttp('the error envelope', (http) => {
  it.each(['/nothing', '/v1/nothing', '/v1/models/nope', '/v1//chat/completions', '/V1/route'])(
    'answers 404 at %s',
    async (path) => {
      const { request } = await http.start()
      const response = await request(path)
      expect(response.status).toBe(404)
      const error = await errorOf(response)
      expect(error.type).toBe('invalid_request_error')
      expect(['not_found', 'model_not_found']).toContain(error.code)
    },
  )

  it.each([
    ['GET', chat, 'POST'],
    ['DELETE', '/v1/feedback', 'POST'],
    ['POST', '/v1/decisions/some-id', 'GET, HEAD'],
    ['PUT', '/v1/models/vendor/large:free', 'GET, HEAD'],
    ['PATCH', '/healthz', 'GET, HEAD'],
    ['OPTIONS', '/v1/route', 'POST'],
  ])('answers 405 to %s %s and names what is allowed', async (method, path, allow) => {
    const { request } = await http.start()
    const response = await request(path, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allow)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect((await errorOf(response)).code).toBe('method_not_allowed')
  })

  it.each(POSTS)('answers 400 to what is not JSON at %s without quoting it', async (path) => {
    const { post } = await http.start()
    const response = await post(path, '{"messages": secret-prompt}')
    expect(response.status).toBe(400)
    const error = await errorOf(response)
    expect(error.code).toBe('invalid_json')
    expect(error.message).not.toContain('secret')
  })

  it.each([
    ['an empty body', ''],
    ['a string', '"text"'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
  ])('answers 400 to %s', async (_what, body) => {
    const { post } = await http.start()
    for (const path of POSTS) {
      const response = await post(path, body)
      expect(response.status).toBe(400)
      await errorOf(response)
    }
  })

  it.each(POSTS)('answers 413 to a body of 9 MB at %s, naming limit and knob', async (path) => {
    const { post } = await http.start(OF_8_MB)
    const response = await post(path, `"${'x'.repeat(9_000_000)}"`)
    expect(response.status).toBe(413)
    const error = await errorOf(response)
    expect(error.code).toBe('body_too_large')
    expect(error.message).toContain('8388608')
    expect(error.message).toContain('server.max_body_bytes')
  })

  it('answers 413 to a chunked body once it exceeds the limit, and takes small ones', async () => {
    const { request, deps } = await http.start(OF_8_MB)
    const send = (text: string) =>
      request(chat, { method: 'POST', body: chunked(text, 20), duplex: 'half' })
    const tooLong = await send(`"${'x'.repeat(9_000_000)}"`)
    expect(tooLong.status).toBe(413)
    expect((await errorOf(tooLong)).code).toBe('body_too_large')
    const messages = [{ role: 'user', content: 'grüße 🙂' }]
    const small = await send(JSON.stringify({ model: 'auto', messages }))
    expect(small.status).toBe(200)
    expect(deps.pipeline.chatted[0]?.body.messages).toEqual(messages)
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    [' GZip ', gzipSync],
  ])('reads a body in %s, within the limit for bodies as they are', async (encoding, encode) => {
    const { request, deps } = await http.start(OF_8_MB)
    const send = (body: Uint8Array) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
      return request(chat, { method: 'POST', body, headers })
    }
    const messages = [{ role: 'user', content: 'grüße 🙂' }]
    const small = await send(encode(JSON.stringify({ model: 'auto', messages })))
    expect(small.status).toBe(200)
    expect(deps.pipeline.chatted[0]?.body.messages).toEqual(messages)
    const bomb = await send(bombIn(encode))
    expect([bomb.status, (await errorOf(bomb)).code]).toEqual([413, 'body_too_large'])
  })

  it('answers 415 to an encoding that it cannot read, and 400 to a body that is not of its encoding', async () => {
    const { request } = await http.start()
    const send = (encoding: string) =>
      request(chat, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      })
    for (const encoding of ['compress', 'gzip, br', 'constructor']) {
      const response = await send(encoding)
      expect(response.status).toBe(415)
      const { code, param } = await errorOf(response)
      expect([code, param]).toEqual(['unsupported_encoding', 'content-encoding'])
    }
    expect((await send('br')).status).toBe(400)
  })

  it('follows the configured limit to the byte', async () => {
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'x' }] })
    const { post } = await http.start({ server: { max_body_bytes: body.length } })
    expect((await post(chat, body)).status).toBe(200)
    expect((await post(chat, `${body} `)).status).toBe(413)
  })

  it("takes the caller's request id where it is sane", async () => {
    const { request } = await http.start()
    const ask = async (id: string) =>
      (await request('/healthz', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    expect(await ask('a.B-9_z')).toBe('a.B-9_z')
    for (const odd of ['with space', 'ü', 'x'.repeat(129), '<script>', '../..']) {
      expect(await ask(odd)).toMatch(/^id-\d+$/)
    }
  })

  if (!http.isSocket) return

  it('answers a body that is declared too long before a byte of it has come', async () => {
    const { port } = await http.start()
    const client = await rawClient(port as number)
    client.socket.write(
      `POST ${chat} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n`,
    )
    await client.until('"body_too_large"')
    expect(client.received()).toMatch(/^HTTP\/1\.1 413 /)
    client.socket.destroy()
  })

  it.each([
    ['a length that is no number', 'Content-Length: NaN'],
    ['a negative length', 'Content-Length: -5'],
    ['both a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6'],
  ])('refuses %s and goes on serving', async (_what, header) => {
    const { port, request } = await http.start()
    const client = await rawClient(port as number)
    client.socket.write(`POST ${chat} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\nhello`)
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 400 /)
    expect((await request('/healthz')).status).toBe(200)
  })

  it('survives a client that leaves in the middle of its body', async () => {
    const app = await http.start()
    const client = await rawClient(app.port as number)
    const whole = rawPost(chat, JSON.stringify({ model: 'auto', messages: [] }))
    client.socket.write(whole.slice(0, -5), () => client.socket.destroy())
    const line = await app.deps.logged(({ facts }) => facts.path === chat)
    expect(line.facts).toMatchObject({ status: 499, errorCode: 'client_closed' })
    expect((await app.request('/healthz')).status).toBe(200)
  })
})

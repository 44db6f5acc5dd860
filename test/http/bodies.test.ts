// Large bodies: read in pieces, never more of them at once than the configuration allows; and what becomes of a connection
// over which a body came that is too long.
import { expect, it } from 'vitest'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { createDeferred } from '../../src/jobs/deferred.ts'
import { describeHttp } from '../support/http-matrix.ts'
import { rawClient, rawPost } from '../support/raw-client.ts'

const chat = '/v1/chat/completions'
const MB = 1_048_576
const user = (content: unknown) => ({ role: 'user', content })
const asking = (content: unknown, rest: object = {}): string =>
  JSON.stringify({ model: 'auto', messages: [user(content)], ...rest })

const small = asking('hi')
const codeOf = async (response: Response) => errorSchema.parse(await response.json()).error.code

describeHttp('large bodies', (http) => {
  it('are read as small ones are, in turns with other requests', async () => {
    const { post, deps } = await http.start()
    const content = [
      { type: 'text', text: `grüße 🚄 "\\\n`.repeat(100_000) },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${'aGVsbG8'.repeat(MB)}` } },
    ]
    expect((await post(chat, asking(content, { seed: 7, metadata: {} }))).status).toBe(200)
    const [asked] = deps.pipeline.chatted
    expect(asked?.body).toEqual({ model: 'auto', messages: [user(content)], seed: 7, metadata: {} })
    expect(asked?.takeTurn).toBeDefined()
  })

  it.each([
    ['is no JSON', `{"model":"auto","x":"${'x'.repeat(2 * MB)}`, 'invalid_json'],
    [
      'is nested too deep',
      `{"x":"${'x'.repeat(2 * MB)}","y":${'['.repeat(300)}`,
      'invalid_request',
    ],
    ['is split too finely', `[${'1,'.repeat(MB)}1]`, 'invalid_request'],
    ['is nothing but blanks', ' '.repeat(2 * MB), 'invalid_json'],
  ])('are refused where one %s', async (_what, body, code) => {
    const { post } = await http.start()
    const response = await post(chat, body)
    expect([response.status, await codeOf(response)]).toEqual([400, code])
  })

  it('are refused where they are not UTF-8', async () => {
    const { request } = await http.start()
    const body = Buffer.from(asking('x'.repeat(2 * MB)))
    body[MB] = 0xff
    const headers = { 'content-type': 'application/json' }
    const response = await request(chat, { method: 'POST', headers, body })
    expect([response.status, await codeOf(response)]).toEqual([400, 'invalid_json'])
  })

  it('are refused beyond what all of them may take, small ones are not, and room comes back', async () => {
    const { post, deps } = await http.start({
      server: { max_body_bytes: 2 * MB, max_bodies_bytes: 3 * MB },
    })
    const gate = createDeferred<void>()
    const arrived = createDeferred<void>()
    const { chat: answer } = deps.pipeline
    deps.pipeline.chat = async (request) => {
      arrived.resolve()
      await gate.promise
      return answer(request)
    }
    const large = asking('x'.repeat(2 * MB - 100))
    const first = post(chat, large)
    await arrived.promise
    const second = await post(chat, large)
    expect([second.status, await codeOf(second)]).toEqual([503, 'overloaded'])
    expect(second.headers.get('retry-after')).toBe('1')
    const third = post(chat, small)
    gate.resolve()
    expect([(await first).status, (await third).status]).toEqual([200, 200])
    expect((await post(chat, large)).status).toBe(200)
  })

  if (!http.isSocket) return

  const LIMITED = { server: { max_body_bytes: MB } }
  const tooLong = asking('x'.repeat(3 * MB))

  it('leave the connection usable where they are too long', async () => {
    const { port } = await http.start(LIMITED)
    const client = await rawClient(port as number)
    client.socket.write(rawPost(chat, tooLong))
    client.socket.write(rawPost(chat, small))
    await client.until('"choices"')
    expect(client.received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
    expect(client.received()).not.toMatch(/connection: close/i)
    client.socket.destroy()
  })

  it('leave it usable where they come in chunks, too', async () => {
    const { port } = await http.start(LIMITED)
    const client = await rawClient(port as number)
    const head = `POST ${chat} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`
    client.socket.write(`${head}${tooLong.length.toString(16)}\r\n${tooLong}\r\n0\r\n\r\n`)
    client.socket.write(rawPost(chat, small))
    await client.until('"choices"')
    expect(client.received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
    client.socket.destroy()
  })

  it('end it, and say so, where they are longer than what is read for nothing', async () => {
    const { port } = await http.start(LIMITED)
    const client = await rawClient(port as number)
    client.socket.write(
      `POST ${chat} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\nsome`,
    )
    const received = await client.closed()
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
    expect(received).toMatch(/\r\nconnection: close\r\n/i)
  })
})

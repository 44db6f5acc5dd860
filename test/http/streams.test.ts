import { once } from 'node:events'
import { expect, it } from 'vitest'
import { deferred } from '../support/deferred.ts'
import { describeHttp, type RunningApp } from '../support/http-matrix.ts'
import { type RawClient, rawClient, rawPost } from '../support/raw-client.ts'

const path = '/v1/chat/completions'
const body = { model: 'auto', stream: true, messages: [{ role: 'user', content: 'hello' }] }
const encoder = new TextEncoder()

const bytesOf = (parts: Uint8Array[]): ReadableStream<Uint8Array> => {
  const left = [...parts]
  return new ReadableStream(
    {
      pull: (controller) => {
        const part = left.shift()
        if (part) controller.enqueue(part)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

/** As the upstream folder makes them: parts, then an error on the pull after the last. */
const brokenAfter = (parts: string[]): ReadableStream<Uint8Array> => {
  const left = parts.map((part) => encoder.encode(part))
  return new ReadableStream(
    {
      pull: (controller) => {
        const part = left.shift()
        if (part) controller.enqueue(part)
        else controller.error(new Error('cut'))
      },
    },
    { highWaterMark: 0 },
  )
}

const answerWith = ({ deps }: RunningApp, stream: ReadableStream<Uint8Array>): void => {
  const end = Promise.resolve({ outcome: 'served' as const, usage: null, errorCode: null })
  deps.pipeline.reply = { kind: 'stream', status: 200, stream, end }
}

const askRaw = async (app: RunningApp): Promise<RawClient> => {
  const client = await rawClient(app.port as number)
  client.socket.write(rawPost(path, JSON.stringify(body)))
  return client
}

describeHttp('streams', (http) => {
  it('relays every byte as it came, wherever the chunks were cut', async () => {
    const app = await http.start()
    const text = 'data: {"choices":[{"delta":{"content":"žluťoučký 🙂"}}]}\n\ndata: [DONE]\n\n'
    const bytes = encoder.encode(text)
    answerWith(app, bytesOf([...bytes].map((byte) => Uint8Array.of(byte))))
    const response = await app.post(path, body)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('x-router-route')).toBe('code')
    expect(response.headers.get('x-request-id')).toBe('id-1')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
  })

  it('logs a stream once, when it has ended', async () => {
    const app = await http.start()
    answerWith(app, bytesOf([encoder.encode('data: [DONE]\n\n')]))
    const response = await app.post(path, body)
    await response.text()
    const line = await app.deps.logged(({ message }) => message === 'request')
    expect(line).toMatchObject({ level: 'info', facts: { streamEnd: 'complete', status: 200 } })
    expect(app.deps.lines).toHaveLength(1)
  })

  it('never lets a cut stream look complete to a fetching client', async () => {
    const app = await http.start()
    answerWith(app, brokenAfter(['data: {"a":1}\n\n', 'data: {"error":{}}\n\n']))
    const response = await app.post(path, body)
    await expect(response.text()).rejects.toThrow()
    const line = await app.deps.logged(({ message }) => message === 'request')
    expect(line).toMatchObject({ level: 'warn', facts: { streamEnd: 'interrupted' } })
  })

  it('cancels the upstream when the client leaves, and logs it once', async () => {
    const app = await http.start()
    const { promise: cancelled, resolve } = deferred()
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encoder.encode('data: {}\n\n')),
      cancel: () => resolve(),
    })
    answerWith(app, endless)
    const response = await app.post(path, body)
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await cancelled
    const line = await app.deps.logged(({ message }) => message === 'request')
    expect(line.facts.streamEnd).toBe('client_closed')
  })

  if (!http.isSocket) return

  it.each([1, 2, 3, 4, 6])(
    'ends a stream cut after %i events with its error event and no terminating chunk',
    async (events) => {
      const app = await http.start()
      const parts = Array.from({ length: events }, (_, i) => `data: {"n":${i}}\n\n`)
      answerWith(
        app,
        brokenAfter([...parts, 'data: {"error":{"code":"upstream_interrupted"}}\n\n']),
      )
      const received = await (await askRaw(app)).closed()
      expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      for (const part of parts) expect(received).toContain(part)
      expect(received).toContain('data: {"error":{"code":"upstream_interrupted"}}\n\n')
      expect(received).toContain('Transfer-Encoding: chunked')
      expect(received).not.toContain('\r\n0\r\n')
      expect(received).not.toContain('[DONE]')
    },
  )

  it('ends a complete stream with its terminating chunk and keeps the connection', async () => {
    const app = await http.start()
    answerWith(app, bytesOf([encoder.encode('data: 1\n\n'), encoder.encode('data: [DONE]\n\n')]))
    const client = await askRaw(app)
    await client.until('\r\n0\r\n\r\n')
    client.socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await client.until('{"status":"ok"}')
    client.socket.destroy()
  })

  it('aborts the signal it gave the pipeline when the client leaves before the answer', async () => {
    const app = await http.start()
    const { promise: aborted, resolve } = deferred()
    const { promise: asked, resolve: ask } = deferred()
    app.deps.pipeline.chat = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          resolve()
          reject(signal.reason) // a string with this adapter
        })
        ask()
      })
    const client = await askRaw(app)
    await asked
    client.socket.destroy()
    await aborted
    const line = await app.deps.logged(({ message }) => message === 'request')
    expect(line).toMatchObject({
      level: 'info',
      facts: { status: 499, errorCode: 'client_closed', path },
    })
  })

  it('cuts a client that stops reading, and cancels its upstream', async () => {
    const app = await http.start({ resilience: { idle_timeout_ms: 50 } })
    const { promise: cancelled, resolve } = deferred()
    const chunk = encoder.encode(`data: ${'x'.repeat(65_536)}\n\n`)
    answerWith(
      app,
      new ReadableStream<Uint8Array>(
        { pull: (controller) => controller.enqueue(chunk), cancel: () => resolve() },
        { highWaterMark: 0 },
      ),
    )
    const client = await rawClient(app.port as number)
    client.socket.pause()
    client.socket.removeAllListeners('data')
    client.socket.write(rawPost(path, JSON.stringify(body)))
    await cancelled
    const line = await app.deps.logged(({ message }) => message === 'request')
    expect(line.facts.streamEnd).toBe('stalled')
    const closing = once(client.socket, 'close')
    client.socket.resume()
    await closing
  })
})

// Streams from a real provider on loopback: relayed byte for byte, held back until there is content, and never ended
// cleanly when the provider did not.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import {
  chunkEvent,
  DONE,
  dataEvent,
  type FakeProvider,
  ROLE,
  STOP,
  startFakeProvider,
  USAGE_VALUES,
  WORDS,
} from '../support/fake-provider.ts'
import { asStream, drain, eventsOf, requestOf, upstreamFor } from './harness.ts'

let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider({
    comments: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`: hi\n\n${COMMENTED}`)
    },
    crlf: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(CRLF)
    },
    patient: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunkEvent({ content: '' }).repeat(80))
    },
    'usage-on-stop': ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(WORDS.join('') + USAGE_ON_STOP + DONE)
    },
    'content-and-error': ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(WORDS[0] + dataEvent({ error: { message: 'gone' } }))
    },
    'after-done': ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(ANSWER + DONE + WORDS.join('') + DONE)
    },
    'no-blank-line': ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`${WORDS.join('')}${STOP}data: [DONE]`)
    },
  })
})
afterAll(() => provider.close())

const ANSWER = ROLE + WORDS.join('') + STOP
const COMMENTED = `${ROLE}: ping\n\n${WORDS.join(': OPENROUTER PROCESSING\n\n')}event: ping\n\n${STOP}${DONE}`
const CRLF = (ANSWER + DONE).replaceAll('\n', '\r\n')
const USAGE_ON_STOP = dataEvent({
  id: 'c1',
  choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  usage: USAGE_VALUES,
})
const ASKED = { stream_options: { include_usage: true } }
const INTERRUPTED = { code: 'upstream_interrupted', type: 'server_error', param: null }

const open = async (fault: string, body = {}, options = {}, signal?: AbortSignal) => {
  const { upstream, lines } = upstreamFor(provider.baseUrl, options)
  const reply = asStream(await upstream.chat(requestOf(fault, { stream: true, ...body }, signal)))
  return { ...reply, lines }
}
const failure = (fault: string, options = {}): Promise<RouterError> =>
  open(fault, {}, options).then(
    () => {
      throw new Error('expected the call to fail')
    },
    (error) => error,
  )
const short = (timeouts: object) => ({
  timeouts: { firstTokenMs: 10_000, idleMs: 10_000, totalMs: 10_000, ...timeouts },
})

describe('a whole stream', () => {
  it('arrives byte for byte, without the usage chunk nobody asked for', async () => {
    const { stream, end } = await open('ok')
    expect(await drain(stream)).toEqual({ text: ANSWER + DONE, error: null })
    expect(await end).toEqual({
      outcome: 'served',
      usage: { promptTokens: 7, completionTokens: 3, isEstimated: false },
      errorCode: null,
    })
  })

  it('always asks the provider for usage and keeps the caller’s other stream options', async () => {
    const { stream } = await open('ok', { stream_options: { include_obfuscation: false } })
    await drain(stream)
    expect(provider.attempts.at(-1)?.body.stream_options).toEqual({
      include_obfuscation: false,
      include_usage: true,
    })
  })

  it('has the usage chunk with its cost where the caller asked', async () => {
    const { stream } = await open('ok', ASKED)
    const { text } = await drain(stream)
    expect(text.startsWith(ANSWER)).toBe(true)
    const usage = { ...USAGE_VALUES, cost: 13 / 1e6 }
    expect(eventsOf(text).slice(-2)).toEqual([
      expect.objectContaining({ choices: [], usage }),
      '[DONE]',
    ])
  })

  it('has the cost also where the provider puts usage on the last chunk with choices', async () => {
    const { stream } = await open('usage-on-stop', ASKED)
    const usage = { ...USAGE_VALUES, cost: 13 / 1e6 }
    expect(eventsOf((await drain(stream)).text).at(-2)).toMatchObject({ usage })
    const unasked = await open('usage-on-stop')
    expect((await drain(unasked.stream)).text).toBe(WORDS.join('') + USAGE_ON_STOP + DONE)
  })

  it('without usage is counted for the log, and no usage chunk is made up', async () => {
    const { stream, end } = await open('no-usage', ASKED)
    expect((await drain(stream)).text).toBe(ANSWER + DONE)
    const { usage } = await end
    expect(usage).toMatchObject({ promptTokens: 2, isEstimated: true })
    expect(usage?.completionTokens).toBeGreaterThan(4)
  })

  it.each([
    ['comments and pings', 'comments', `: hi\n\n${COMMENTED}`],
    ['CRLF', 'crlf', CRLF],
  ])('keeps %s as they are', async (_name, fault, expected) => {
    const { stream, end } = await open(fault)
    expect(await drain(stream)).toEqual({ text: expected, error: null })
    expect((await end).outcome).toBe('served')
  })

  it('loses nothing but an event that is not JSON, with one log line', async () => {
    const { stream, end, lines } = await open('invalid-event')
    expect((await drain(stream)).text).toBe(ANSWER + DONE)
    expect((await end).outcome).toBe('served')
    expect(lines).toEqual([
      {
        level: 'warn',
        fields: { requestId: 'req-1', provider: 'fake', model: 'small' },
        message: expect.stringContaining('not JSON'),
      },
    ])
  })

  it.each(['no-done', 'no-done-cut'])(
    'is completed with [DONE] where only that is missing: %s',
    async (fault) => {
      const { stream, end } = await open(fault)
      expect(await drain(stream)).toEqual({ text: ANSWER + DONE, error: null })
      expect((await end).outcome).toBe('served')
    },
  )

  it('is completed with [DONE] where the provider stalls after its finish_reason', async () => {
    const { stream, end } = await open('stall-after-stop', {}, short({ idleMs: 500 }))
    expect(await drain(stream)).toEqual({ text: ANSWER + DONE, error: null })
    expect((await end).outcome).toBe('served')
  })

  it('may lack the blank line behind its last event', async () => {
    const { stream } = await open('no-blank-line')
    expect(await drain(stream)).toEqual({ text: WORDS.join('') + STOP + DONE, error: null })
  })

  it('ends with [DONE], whatever the provider sends behind it', async () => {
    const { stream } = await open('after-done')
    expect(await drain(stream)).toEqual({ text: ANSWER + DONE, error: null })
  })

  it('is not taken as whole while one of n choices is unfinished', async () => {
    const { stream, end } = await open('no-done', { n: 2 })
    expect((await drain(stream)).error).toMatchObject({ code: 'upstream_interrupted' })
    expect((await end).outcome).toBe('interrupted')
  })
})

describe('a failure before the first content', () => {
  it.each([
    ['error-first', 'upstream_invalid', true],
    ['error-first-final', 'upstream_invalid', false],
    ['json-error', 'upstream_invalid', true],
    ['html', 'upstream_invalid', true],
    ['html-as-stream', 'upstream_invalid', true],
    ['empty', 'upstream_invalid', true],
    ['empty-stream', 'upstream_invalid', true],
    ['done-only', 'upstream_invalid', true],
    ['cut-before-content', 'upstream_interrupted', true],
    ['status-503', 'upstream_error', true],
  ])('%s is an exception: %s', async (fault, code, isRetryable) => {
    const error = await failure(fault)
    expect(error).toBeInstanceOf(RouterError)
    expect(error).toMatchObject({ code, isRetryable })
  })

  it.each([
    ['silent', { firstTokenMs: 60 }, 'first_token'],
    ['role-only', { firstTokenMs: 60 }, 'first_token'],
    ['role-only', { idleMs: 60 }, 'idle'],
    ['role-only', { totalMs: 60 }, 'total'],
  ])('%s under %j is a timeout of its phase', async (fault, timeouts, phase) => {
    const error = await failure(fault, short(timeouts))
    expect(error).toMatchObject({ code: 'upstream_timeout', details: { phase } })
    expect(await provider.attempts.at(-1)?.closed).toEqual({ isAborted: true })
  })

  it('is held back only so far: 64 events without content go to the client', async () => {
    const { stream, end } = await open('patient', {}, short({ idleMs: 300 }))
    const { text, error } = await drain(stream)
    expect(text.startsWith(chunkEvent({ content: '' }).repeat(80))).toBe(true)
    expect(eventsOf(text).at(-1)).toMatchObject({ error: INTERRUPTED })
    expect(error).toMatchObject({ code: 'upstream_timeout', details: { phase: 'idle' } })
    expect((await end).outcome).toBe('interrupted')
  })
})

describe('a failure after the first content', () => {
  it.each([
    ['cut', ROLE + WORDS.slice(0, 3).join(''), 'upstream_interrupted', {}],
    ['no-finish', ROLE + WORDS.join(''), 'upstream_interrupted', {}],
    ['stall', ROLE + WORDS.slice(0, 2).join(''), 'upstream_timeout', { idleMs: 500 }],
    ['error-mid', ROLE + WORDS.join(''), 'upstream_error', {}],
    ['content-and-error', WORDS[0] as string, 'upstream_error', {}],
  ])(
    '%s: all events so far, an error event, a broken stream',
    async (fault, sent, code, timeouts) => {
      const { stream, end, lines } = await open(fault, {}, short(timeouts))
      const { text, error } = await drain(stream)
      expect(text.startsWith(sent)).toBe(true)
      expect(eventsOf(text.slice(sent.length))).toEqual([
        { error: { ...INTERRUPTED, message: expect.any(String) } },
      ])
      expect(text).not.toContain('[DONE]')
      expect(text).not.toContain('finish_reason":"')
      expect(text).not.toContain('sk-abcdef')
      expect(error).toMatchObject({ code })
      expect(await end).toMatchObject({
        outcome: 'interrupted',
        errorCode: code,
        usage: { isEstimated: true },
      })
      expect(lines.map((line) => line.fields.errorCode)).toEqual([code])
      await provider.attempts.at(-1)?.closed
    },
  )

  it('settles the end even while the client does not read', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { stream, end } = await open('stall')
    vi.advanceTimersByTime(20_000)
    vi.useRealTimers()
    expect(await end).toMatchObject({ outcome: 'interrupted', errorCode: 'upstream_timeout' })
    const { text, error } = await drain(stream)
    expect(eventsOf(text).at(-1)).toMatchObject({ error: INTERRUPTED })
    expect(error).toMatchObject({ code: 'upstream_timeout' })
  })

  it('leaves the next call healthy', async () => {
    const broken = await open('cut')
    await drain(broken.stream)
    const { stream } = await open('ok')
    expect((await drain(stream)).text).toBe(ANSWER + DONE)
  })
})

describe('a client that leaves', () => {
  it('by cancelling the stream closes the provider’s socket', async () => {
    const { stream, end } = await open('stall')
    await stream.cancel()
    expect(await provider.attempts.at(-1)?.closed).toEqual({ isAborted: true })
    expect(await end).toMatchObject({ outcome: 'client_closed', errorCode: 'client_closed' })
  })

  it('by its signal closes the provider’s socket, also in the middle of a read', async () => {
    const client = new AbortController()
    const { stream, end } = await open('stall', {}, {}, client.signal)
    const reader = stream.getReader()
    await reader.read()
    const waiting = reader.read()
    client.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'client_closed' })
    expect(await provider.attempts.at(-1)?.closed).toEqual({ isAborted: true })
    expect((await end).outcome).toBe('client_closed')
  })

  it('with a whole answer unread is still a client that left', async () => {
    const { stream, end } = await open('ok')
    await stream.cancel()
    expect((await end).outcome).toBe('client_closed')
  })
})

describe('a drain', () => {
  it('tells the client and breaks the stream', async () => {
    const server = new AbortController()
    const { stream, end } = await open('stall', {}, {}, server.signal)
    server.abort(new RouterError('shutting_down', 'The server is draining.'))
    const { text, error } = await drain(stream)
    expect(eventsOf(text).at(-1)).toMatchObject({ error: INTERRUPTED })
    expect(error).toMatchObject({ code: 'shutting_down' })
    expect(await end).toMatchObject({ outcome: 'interrupted', errorCode: 'shutting_down' })
  })
})

describe('a client that does not read', () => {
  it('pauses the provider', async () => {
    let pulls = 0
    const event = new TextEncoder().encode(chunkEvent({ content: 'x'.repeat(10_000) }))
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulls += 1
        controller.enqueue(event)
      },
    })
    const headers = { 'content-type': 'text/event-stream' }
    const fetch = async (): Promise<Response> => new Response(endless, { headers })
    const { stream } = await open('endless', {}, { fetch })
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate)
    expect(pulls).toBeLessThanOrEqual(2)
    const reader = stream.getReader()
    for (let i = 0; i < 10; i += 1) await reader.read()
    expect(pulls).toBeGreaterThanOrEqual(10)
    expect(pulls).toBeLessThanOrEqual(12)
    await reader.cancel()
  })
})

// The client's bytes depend on the provider's bytes alone, never on how the network cut them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChatStream } from '../../src/upstream/stream/chat-stream.ts'
import { chunkEvent, DONE, dataEvent, ROLE, STOP, USAGE, WORDS } from '../support/fake-provider.ts'
import { asStream, drain, requestOf, upstreamFor } from './harness.ts'

const ENTIRE = [
  ': connected\n\n',
  ROLE,
  ...WORDS,
  'data: {"broken": "ü\n\n',
  ': ping\n\n',
  chunkEvent({ content: 'naïve 🚄' }).replaceAll('\n', '\r\n'),
  `event: message\r\nid: 7\r\n${chunkEvent({ content: 'é' })}`,
  STOP,
  USAGE,
].join('')

const STREAMS: Record<string, string> = {
  'a whole answer': ENTIRE + DONE,
  'an answer without [DONE]': ENTIRE,
  'a cut answer': (ROLE + WORDS.join('')).slice(0, -9),
  'an error event after content': ROLE + WORDS.join('') + dataEvent({ error: { message: 'gone' } }),
}

/** What is let through of these chunks, and what is then known of the answer. */
const filtered = (chunks: Uint8Array[]) => {
  let invalidEvents = 0
  const chat = createChatStream({
    isUsageAsked: true,
    choices: 1,
    price: { input: 1, output: 2 },
    names: { id: 'chatcmpl-1', model: 'm' },
    onInvalidEvent: () => {
      invalidEvents += 1
    },
  })
  const parts = chunks.map((chunk) => {
    chat.push(chunk)
    return chat.take()
  })
  chat.end()
  const text = Buffer.concat([...parts, chat.take()]).toString()
  const { progress, usage, sample } = chat
  return { text, ...progress, usage, answer: sample.text, invalidEvents }
}

/** What the client gets of these chunks, and how its stream ends. */
const relayed = async (chunks: Uint8Array[]) => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  const headers = { 'content-type': 'text/event-stream' }
  const { upstream } = upstreamFor('http://provider.test/v1', {
    fetch: async () => new Response(body, { headers }),
  })
  const { stream, end } = asStream(await upstream.chat(requestOf('x', { stream: true })))
  const { text, error } = await drain(stream)
  return { text, code: (error as { code?: string } | null)?.code ?? null, end: await end }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

describe.each(Object.entries(STREAMS))('%s', (_name, text) => {
  const bytes = bytesOf(text)

  it('is let through the same for every split into two and three', () => {
    const expected = filtered([bytes])
    for (let at = 1; at < bytes.length; at += 1) {
      const split = [bytes.subarray(0, at), bytes.subarray(at)]
      expect(filtered(split), `split at byte ${at}`).toEqual(expected)
      const three = [bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at + 1)]
      expect(filtered(three), `split around byte ${at}`).toEqual(expected)
    }
  })

  it('is relayed the same for any chunking, down to single bytes', async () => {
    const expected = await relayed([bytes])
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
    expect(await relayed(single)).toEqual(expected)
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const chunks: Uint8Array[] = []
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const length = lengths[i % lengths.length] as number
          chunks.push(bytes.subarray(at, at + length))
          at += length
        }
        expect(await relayed(chunks)).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })
})

describe('the bytes', () => {
  it('are the provider’s own, but for the broken event and the unasked usage', async () => {
    const { text } = await relayed([bytesOf(ENTIRE + DONE)])
    expect(text).toBe(`${ENTIRE.replace('data: {"broken": "ü\n\n', '').replace(USAGE, '')}${DONE}`)
  })
})

// The client's bytes depend on the provider's bytes alone, in its own dialect and in translation.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STREAMS, streamStart, streamStop, textBlock } from '../../support/fake-anthropic.ts'
import { asStream, drain, requestOf } from '../harness.ts'
import { anthropicFor, nativeRequestOf } from './harness.ts'

const entire = [
  ': connected\n\n',
  ...streamStart('x'),
  'event: content_block_delta\ndata: {"broken": "ü\n\n',
  ...textBlock(0).map((event) => event.replaceAll('\n', '\r\n')),
  'event: something_new\ndata: {"type":"something_new","ü":1}\n\n',
  ...streamStop(),
].join('')

const CASES: Record<string, string> = {
  'a text with oddities': entire,
  'a text whose last event lacks its blank line': entire.slice(0, -2),
  'tool calls': (STREAMS.tools ?? []).join(''),
  'a cut answer': entire.slice(0, -90),
  'an error in the middle': (STREAMS['error-mid'] ?? []).join(''),
}

const relayed = async (chunks: Uint8Array[], isNative: boolean) => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  const headers = { 'content-type': 'text/event-stream' }
  const { upstream } = anthropicFor('http://provider.test/v1', {
    fetch: async () => new Response(body, { headers }),
  })
  const options = { stream: true, stream_options: { include_usage: true } }
  const request = isNative ? nativeRequestOf('x', { stream: true }) : requestOf('x', options)
  const { stream, end } = asStream(await upstream.chat(request))
  const { text, error } = await drain(stream)
  return { text, code: (error as { code?: string } | null)?.code ?? null, end: await end }
}

const cutInto = (bytes: Uint8Array, lengths: number[]): Uint8Array[] => {
  const chunks: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const length = lengths[i % lengths.length] as number
    chunks.push(bytes.subarray(at, at + length))
    at += length
  }
  return chunks
}

describe.each([
  ['natively', true],
  ['translated', false],
])('%s', (_way, isNative) => {
  it.each(Object.entries(CASES))('%s is relayed the same for any chunking', async (_name, text) => {
    const bytes = new TextEncoder().encode(text)
    const expected = await relayed([bytes], isNative)
    expect(expected.text).not.toBe('')
    expect(await relayed(cutInto(bytes, [1]), isNative)).toEqual(expected)
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        expect(await relayed(cutInto(bytes, lengths), isNative)).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })
})

// Provider streams as they are found in the wild: what the client gets of each, and that it is the same for any chunking.
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientSees, type FixtureKind, fixture, upstreamAnswering } from './fixtures.ts'
import { eventsOf, requestOf } from './harness.ts'

const DONE = 'data: [DONE]\n\n'

/** `served`: a whole answer; `cut`: an error event after content; else the code of a failure before any byte. */
const OUTCOMES: Record<string, string> = {
  'openai/text.sse': 'served',
  'openai/no-done.sse': 'served',
  'openai/keepalives.sse': 'served',
  'openai/mistral-usage-in-last-chunk.sse': 'served',
  'openai/tool-call.sse': 'served',
  'openai/broken-event.sse': 'served',
  'openai/invalid-utf8.sse': 'served',
  'openai/cut.sse': 'cut',
  'openai/error-midway.sse': 'cut',
  'openai/error-first.sse': 'upstream_invalid',
  'openai/html-as-stream.sse': 'upstream_invalid',
  'openai/empty.sse': 'upstream_invalid',
  'anthropic/text.sse': 'served',
  'anthropic/crlf.sse': 'served',
  'anthropic/no-blank-line-at-end.sse': 'served',
  'anthropic/tool-calls.sse': 'served',
  'anthropic/thinking.sse': 'served',
  'anthropic/refusal.sse': 'served',
  'anthropic/broken-event.sse': 'served',
  'anthropic/unknown-events.sse': 'served',
  'anthropic/cut.sse': 'cut',
  'anthropic/no-message-stop.sse': 'cut',
  'anthropic/overloaded-midway.sse': 'cut',
  'anthropic/overloaded-first.sse': 'upstream_invalid',
  'anthropic/empty-message.sse': 'upstream_interrupted',
  'gemini/text.sse': 'served',
  'gemini/no-blank-line-at-end.sse': 'served',
  'gemini/thinking-and-parallel-tools.sse': 'served',
  'gemini/truncated-by-limit.sse': 'served',
  'gemini/safety-midway.sse': 'served',
  'gemini/broken-event.sse': 'served',
  'gemini/two-candidates.sse': 'served',
  'gemini/cut.sse': 'cut',
  'gemini/error-midway.sse': 'cut',
  'gemini/error-first.sse': 'upstream_invalid',
  'gemini/malformed-call.sse': 'upstream_invalid',
  'gemini/prompt-blocked.sse': 'upstream_error',
}

const kindOf = (path: string) => path.split('/')[0] as FixtureKind
const bodyOf = (path: string) => (path.includes('two-candidates') ? { n: 2 } : {})
const sees = (path: string, chunks: readonly Uint8Array[]) =>
  clientSees(kindOf(path), chunks, bodyOf(path))

it('every recorded stream is tested', () => {
  const files = (['openai', 'anthropic', 'gemini'] as const).flatMap((kind) =>
    readdirSync(new URL(`fixtures/${kind}`, import.meta.url))
      .filter((name) => name.endsWith('.sse'))
      .map((name) => `${kind}/${name}`),
  )
  expect(files.sort()).toEqual(Object.keys(OUTCOMES).sort())
})

describe.each(Object.entries(OUTCOMES))('%s', (path, outcome) => {
  const bytes = fixture(path)

  it(`is ${outcome}`, async () => {
    const seen = await sees(path, [bytes])
    if (outcome === 'served') {
      expect(seen).toMatchObject({ code: null, end: { outcome: 'served' } })
      expect(seen.text?.replaceAll('\r', '').endsWith(DONE)).toBe(true)
    } else if (outcome === 'cut') {
      expect(seen).toMatchObject({ end: { outcome: 'interrupted' } })
      expect(seen.code).toMatch(/^upstream_/)
      expect(seen.text).not.toContain('[DONE]')
      expect(eventsOf(seen.text ?? '').at(-1)).toMatchObject({
        error: { code: 'upstream_interrupted' },
      })
    } else expect(seen).toMatchObject({ refused: outcome })
  })

  it('is the same for splits into two everywhere and for single bytes', async () => {
    const expected = await sees(path, [bytes])
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
    expect(await sees(path, single)).toEqual(expected)
    for (let at = 1; at < bytes.length; at += 13) {
      const halves = [bytes.subarray(0, at), bytes.subarray(at)]
      expect(await sees(path, halves), `split at byte ${at}`).toEqual(expected)
    }
  })

  it('is the same for any chunking', async () => {
    const expected = await sees(path, [bytes])
    const sizes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const chunks: Uint8Array[] = []
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const length = lengths[i % lengths.length] as number
          chunks.push(bytes.subarray(at, at + length))
          at += length
        }
        expect(await sees(path, chunks)).toEqual(expected)
      }),
      { numRuns: 15 },
    )
  })
})

describe('a body that is no answer', () => {
  const answering = (path: string, type: string, status: number) => () =>
    new Response(fixture(path), { status, headers: { 'content-type': type } })

  it.each([false, true])(
    'a web page with status 500 says nothing of itself (stream: %s)',
    async (stream) => {
      const answer = answering('openai/error-500.html.txt', 'text/html', 500)
      const { upstream } = upstreamAnswering('openai', [answer])
      await expect(upstream.chat(requestOf('m', { stream }))).rejects.toMatchObject({
        code: 'upstream_error',
        isRetryable: true,
        details: { status: 500, providerMessage: null },
        message: expect.not.stringContaining('<'),
      })
    },
  )

  it.each([false, true])('an error under status 200 is an error (stream: %s)', async (stream) => {
    const answer = answering('openai/error-in-200.json.txt', 'application/json', 200)
    const { upstream } = upstreamAnswering('openai', [answer])
    await expect(upstream.chat(requestOf('m', { stream }))).rejects.toMatchObject({
      code: 'upstream_invalid',
      isRetryable: true,
      details: { providerStatus: 429 },
    })
  })
})

// Keys are taken in turn, rest when refused, belong to one origin, and are never told.
import { describe, expect, it } from 'vitest'
import { createKeyRing } from '../../../src/upstream/keys/key-ring.ts'
import { upstreamAnswering } from '../fixtures.ts'
import { asJson, requestOf } from '../harness.ts'

const KEYS = ['canary-one', 'canary-two', 'canary-three']
const ringOf = (keys = KEYS) => {
  let nowMs = 1_000
  const ring = createKeyRing({ keys, baseUrl: 'https://a.test/v1', now: () => nowMs })
  const numbers = (calls: number) => Array.from({ length: calls }, () => ring.next([])?.number)
  const wait = (ms: number): void => {
    nowMs += ms
  }
  return { ring, numbers, wait }
}

describe('createKeyRing', () => {
  it('gives the keys in turn', () => {
    expect(ringOf().numbers(6)).toEqual([1, 2, 3, 1, 2, 3])
    expect(ringOf([]).numbers(1)).toEqual([undefined])
  })

  it.each([
    [401, 300_000],
    [402, 300_000],
    [403, 30_000],
    [429, 10_000],
  ])('lets a key refused with %i rest for %i ms', (status, restMs) => {
    const { ring, numbers, wait } = ringOf()
    ring.cool({ number: 1 }, { status, retryAfterMs: null })
    expect(numbers(4)).not.toContain(1)
    wait(restMs - 1)
    expect(numbers(4)).not.toContain(1)
    wait(1)
    expect(numbers(3)).toContain(1)
  })

  it('rests as long as the provider asks, and never shorter than before', () => {
    const { ring, numbers, wait } = ringOf()
    ring.cool({ number: 1 }, { status: 429, retryAfterMs: 60_000 })
    ring.cool({ number: 1 }, { status: 429, retryAfterMs: 1_000 })
    wait(59_999)
    expect(numbers(4)).not.toContain(1)
    wait(1)
    expect(numbers(3)).toContain(1)
  })

  it('gives the key that is ready first where all rest, once a call', () => {
    const { ring } = ringOf()
    ring.cool({ number: 1 }, { status: 429, retryAfterMs: 9_000 })
    ring.cool({ number: 2 }, { status: 429, retryAfterMs: 5_000 })
    ring.cool({ number: 3 }, { status: 401, retryAfterMs: null })
    const first = ring.next([])
    expect(first?.number).toBe(2)
    expect(ring.next(first ? [first] : [])).toBeNull()
  })

  it('gives a key only for the origin that it was configured for', () => {
    const { ring } = ringOf()
    expect(ring.reveal({ number: 2 }, 'https://a.test/other?x=1')).toBe('canary-two')
    for (const url of ['https://b.test/v1', 'http://a.test/v1', 'https://a.test:8443/v1']) {
      expect(() => ring.reveal({ number: 2 }, url)).toThrow(/another origin/)
    }
  })
})

const refused = (status: number) => () =>
  new Response(JSON.stringify({ error: { message: `no: ${KEYS.join(' ')}` } }), {
    status,
    headers: { 'content-type': 'application/json' },
  })
const served = () =>
  new Response(
    JSON.stringify({ choices: [{ message: { content: 'ok' } }], usage: { prompt_tokens: 1 } }),
    {
      headers: { 'content-type': 'application/json' },
    },
  )

describe('a call with several keys', () => {
  it.each([401, 402, 403, 429])('goes on with the next key after %i', async (status) => {
    const { upstream, sent, lines } = upstreamAnswering('openai', [refused(status), served], {
      keys: KEYS,
    })
    expect(asJson(await upstream.chat(requestOf('m'))).status).toBe(200)
    expect(sent.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer canary-one',
      'Bearer canary-two',
    ])
    expect(lines).toEqual([
      {
        level: 'warn',
        fields: { requestId: 'req-1', provider: 'fake', status, keyNumber: 1 },
        message: 'the provider refused a key, the next one is tried',
      },
    ])
    await upstream.chat(requestOf('m'))
    expect(sent.at(-1)?.headers.authorization).not.toBe('Bearer canary-one')
  })

  it('tries each key once, and its last refusal tells no key', async () => {
    const { upstream, sent } = upstreamAnswering('openai', [refused(401)], { keys: KEYS })
    const error = await upstream.chat(requestOf('m')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'upstream_error', details: { isKeyRejected: true } })
    expect(sent).toHaveLength(3)
    const told = JSON.stringify([error, (error as Error).message, (error as Error).stack])
    expect(told).not.toContain('canary')
  })

  it.each([400, 404, 500, 503])('does not change the key for %i', async (status) => {
    const { upstream, sent } = upstreamAnswering('openai', [refused(status)], { keys: KEYS })
    await expect(upstream.chat(requestOf('m'))).rejects.toMatchObject({ details: { status } })
    expect(sent).toHaveLength(1)
  })
})

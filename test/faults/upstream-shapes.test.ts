// What a provider sends may be too deep or too long for whatever handles it next: then it is no answer, and the next model
// of the chain is asked.
import { expect, it } from 'vitest'
import type { Exchange } from '../support/fake-provider.ts'
import {
  COMPLETION,
  chunkEvent,
  DONE,
  ROLE,
  STOP,
  stream,
  USAGE,
  WORDS,
} from '../support/fake-provider.ts'
import { textOf, WHOLE_TEXT } from '../support/faulty-provider.ts'
import { createRig } from '../support/rig.ts'

const DEEP = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
/** The same JSON text with one field more. */
const withDeep = (json: string): string => json.replace(/\}$/, `,"x":${DEEP}}`)
const deepEvent = (content: string): string =>
  `data: ${withDeep(chunkEvent({ content }).slice('data: '.length).trim())}\n\n`

const raw =
  (status: number, text: string) =>
  ({ response }: Exchange): void => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(text)
  }

const faults = {
  'deep-json': raw(200, withDeep(JSON.stringify(COMPLETION))),
  'deep-error': raw(503, `{"error":{"message":"no","details":${DEEP}}}`),
  'deep-first': (x: Exchange) => stream(x, ROLE, deepEvent('a'), 'end'),
  'deep-later': (x: Exchange) =>
    stream(x, ROLE, ...WORDS, deepEvent('lost'), STOP, USAGE, DONE, 'end'),
}

it('gives 502 upstream_invalid for a whole answer that is nested 200,000 deep', async () => {
  const rig = await createRig({ chain: ['deep-json'], faults })
  const reply = await rig.ask()
  expect(reply).toMatchObject({ status: 502, isClean: true })
  expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'upstream_invalid' } })
  expect(await rig.row('r1')).toMatchObject({
    outcome: 'failed',
    attempts: [{ model: 'deep-json', status: 200, errorCode: 'upstream_invalid' }],
  })
})

it.each([
  ['a whole answer that is too deep', 'deep-json', false],
  ['an error body that is too deep', 'deep-error', false],
  ['an error body that is too deep, of a stream', 'deep-error', true],
  ['a stream whose content is too deep', 'deep-first', true],
  ['a whole answer that is too long', 'huge', false],
  ['a whole answer that is too long when unpacked', 'gzip-bomb', false],
])('goes from %s to the next model', async (_what, fault, isStream) => {
  const rig = await createRig({
    chain: [fault, 'ok'],
    faults,
    resilience: {
      idle_timeout_ms: 5_000,
      whole_answer_timeout_ms: 5_000,
      total_timeout_ms: 20_000,
    },
  })
  const reply = await rig.ask({ stream: isStream })
  expect(reply).toMatchObject({ status: 200, isClean: true })
  expect(reply.headers.get('x-router-model')).toBe('ok')
  if (isStream) expect(textOf(reply.text)).toBe(WHOLE_TEXT)
  const { attempts } = await rig.row('r1')
  expect(attempts[0]?.errorCode).toMatch(/^upstream_(invalid|error|interrupted)$/)
})

it('goes from an event that does not end to the next model', async () => {
  const endless = ({ response }: Exchange): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const block = Buffer.alloc(1024 * 1024, 0x78)
    const more = (): void => {
      while (!response.destroyed) {
        if (!response.write(block)) return void response.once('drain', more)
      }
    }
    response.write('data: ')
    more()
  }
  const rig = await createRig({
    chain: ['endless', 'ok'],
    faults: { endless },
    resilience: { first_token_timeout_ms: 10_000, total_timeout_ms: 20_000 },
  })
  const reply = await rig.ask({ stream: true })
  expect(reply).toMatchObject({ status: 200, isClean: true })
  expect(textOf(reply.text)).toBe(WHOLE_TEXT)
})

it('leaves an event out that is too deep, and gives the rest of the stream intact', async () => {
  const rig = await createRig({ chain: ['deep-later'], faults })
  const reply = await rig.ask({ stream: true })
  expect(reply).toMatchObject({ status: 200, isClean: true })
  expect(textOf(reply.text)).toBe('Grüße aus 東京 🚄!')
  expect(reply.text.endsWith('data: [DONE]\n\n')).toBe(true)
})

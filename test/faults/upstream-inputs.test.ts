// Section T of the acceptance list, item T18: a conversation that no provider could read is refused here. It costs no
// attempt, opens no breaker and fills no log. (That it holds up nobody: server-upstreams.test.ts.)
import { expect, it } from 'vitest'
import { createRig } from '../support/rig.ts'

const historyWith = (message: object) => ({
  messages: [
    { role: 'user', content: 'What is the weather?' },
    { role: 'assistant', content: null, ...message },
    { role: 'tool', tool_call_id: 'call-1', content: 'rain' },
  ],
})
const called = (written: unknown) => ({
  tool_calls: [
    { id: 'call-0', type: 'function', function: { name: 'f', arguments: '{}' } },
    { id: 'call-1', type: 'function', function: { name: 'weather', arguments: written } },
  ],
})
const PATH = 'messages[1].tool_calls[1].function.arguments'
const LOG_BYTES = 2_000

const REFUSED: [string, object, string][] = [
  ['half an object', called('{"city": "Ber'), PATH],
  ['two objects', called('{}{}'), PATH],
  ['single quotes', called("{'city': 'Berlin'}"), PATH],
  ['a bare word', called('Berlin'), PATH],
  ['a number', called(7), PATH],
  ['nesting beyond the limit', called('['.repeat(5_000) + ']'.repeat(5_000)), PATH],
  ['100,000 values', called(`[${'0,'.repeat(100_000)}0]`), PATH],
  ['900 kB that break off', called(`{"text": "${'x'.repeat(900_000)}`), PATH],
  [
    'a broken call of the older form',
    { function_call: { name: 'weather', arguments: '{' } },
    'messages[1].function_call.arguments',
  ],
]

it.each(REFUSED)(
  'T18 refuses tool arguments that are %s, at no cost',
  async (_what, message, param) => {
    const rig = await createRig({ chain: ['ok'] })
    const reply = await rig.ask(historyWith(message))
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'invalid_request', param } })
    expect(rig.provider.attempts).toEqual([])
    expect(rig.resilience.health().targets[0]).toMatchObject({ breaker: 'closed', failures: 0 })
    const line = await rig.deps.logged(({ message: said }) => said === 'request')
    expect(line.facts).toMatchObject({ status: 400, errorCode: 'invalid_request' })
    expect(JSON.stringify(rig.deps.lines).length).toBeLessThan(LOG_BYTES)
  },
)

it.each([
  ['an object', '{"city": "Berlin", "days": [1, 2]}'],
  ['an empty object', ' {} '],
  ['a lone surrogate', '{"city": "\\ud83d"}'],
])('T18 lets tool arguments pass as they came that are %s', async (_what, written) => {
  const rig = await createRig({ chain: ['ok'] })
  const body = historyWith(called(written))
  expect(await rig.ask(body)).toMatchObject({ status: 200 })
  expect(rig.provider.attempts[0]?.body.messages).toEqual(body.messages)
})

it.each([
  ['an object instead of its text', { city: 'Berlin' }, '{"city":"Berlin"}'],
  ['no arguments at all', '', '{}'],
])('T18 sends tool arguments that are %s as the text of an object', async (_what, given, sent) => {
  const rig = await createRig({ chain: ['ok'] })
  expect(await rig.ask(historyWith(called(given)))).toMatchObject({ status: 200 })
  expect(rig.provider.attempts[0]?.body.messages).toEqual(historyWith(called(sent)).messages)
})

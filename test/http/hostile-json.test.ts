import { expect, it } from 'vitest'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { describeHttp } from '../support/http-matrix.ts'

const chat = '/v1/chat/completions'
const message = '{"role":"user","content":"hi"}'
const withMessages = (messages: string) => `{"model":"auto","messages":[${messages}]}`
const times = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(',')
const nested = (depth: number, open: string, close: string) =>
  `${open.repeat(depth)}1${close.repeat(depth)}`

// Each at most 1 MB.
const REFUSED: [string, string][] = [
  ['10,000 nested lists', `{"model":"auto","messages":${nested(10_000, '[', ']')}}`],
  ['500,000 nested lists', nested(500_000, '[', ']')],
  ['1,000,000 opening brackets', '['.repeat(1_000_000)],
  ['100,000 nested objects', nested(100_000, '{"a":', '}')],
  ['depth behind an escaped quote', `{"a":"\\\\\\"","b":${nested(300, '[', ']')}}`],
  [
    'depth in an unknown field',
    `{"model":"auto","messages":[${message}],"x":${nested(201, '[', ']')}}`,
  ],
  ['110,000 keys', `{${times(110_000, (i) => `"${i.toString(36)}":1`)}}`],
  ['300,000 messages', withMessages(times(300_000, () => '{}'))],
  ['20,000 valid messages', withMessages(times(20_000, () => message))],
  [
    '300,000 content parts',
    withMessages(`{"role":"user","content":[${times(300_000, () => '{}')}]}`),
  ],
  ['a million quotes', '"'.repeat(1_000_000)],
  ['a million backslashes', `"${'\\'.repeat(999_998)}"`],
  ['half a million escaped quotes, unended', `"${'\\"'.repeat(499_000)}`],
  ['an unended string', `{"model":"${'x'.repeat(900_000)}`],
  ['closing brackets', ']'.repeat(1_000_000)],
  ['NaN', '{"model":NaN}'],
  ['a comment', '{/* */}'],
  ['a trailing comma', '{"model":"auto",}'],
  ['bytes after the value', `${withMessages(message)}x`],
]

const PASSED: [string, string][] = [
  ['brackets inside strings', withMessages(`{"role":"user","content":"${'[{'.repeat(100_000)}"}`)],
  [
    'depth that is allowed',
    `{"model":"auto","messages":[${message}],"x":${nested(199, '[', ']')}}`,
  ],
  ['10,000 messages', withMessages(times(10_000, () => message))],
  ['duplicate keys', `{"model":"nope","model":"auto","messages":[${message}]}`],
  ['a byte order mark', `\uFEFF${withMessages(message)}`],
  ['white space', ` \r\n\t${withMessages(message)}\n `],
]

describeHttp('hostile JSON', (http) => {
  it.each(REFUSED)('refuses %s with a 400', async (_what, body) => {
    expect(Buffer.byteLength(body)).toBeLessThan(1_048_576)
    const { post, deps } = await http.start()
    const response = await post(chat, body)
    expect(response.status).toBe(400)
    expect(errorSchema.parse(await response.json()).error.type).toBe('invalid_request_error')
    expect(deps.pipeline.chatted).toEqual([])
  })

  it.each(PASSED)('takes %s', async (_what, body) => {
    const { post, deps } = await http.start()
    expect((await post(chat, body)).status).toBe(200)
    expect(deps.pipeline.chatted).toHaveLength(1)
  })

  it('lets other requests have turns between the steps of a large one, and not of a small one', async () => {
    const { post, deps } = await http.start()
    await post(chat, withMessages(`{"role":"user","content":"${'x '.repeat(40_000)}"}`))
    await post(chat, withMessages(message))
    const paced = deps.pipeline.chatted.map(({ takeTurn }) => takeTurn !== undefined)
    expect(paced).toEqual([true, false])
  })

  it('lets no __proto__ or constructor key reach a prototype', async () => {
    const { post, deps } = await http.start()
    const evil = '{"polluted":true,"model":"small"}'
    const body = `{"__proto__":${evil},"constructor":{"prototype":${evil}},"metadata":{"__proto__":{"session_id":"x"}},"model":"auto","messages":[{"__proto__":${evil},"role":"user","content":"hi"}]}`
    expect((await post(chat, body)).status).toBe(200)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    const [request] = deps.pipeline.chatted
    expect(request?.sessionId).toBeNull()
    expect(request?.messages[0]).not.toHaveProperty('polluted')
    expect(JSON.stringify(request?.body)).toBe(body)
  })

  it('refuses bytes that are not UTF-8 instead of changing the prompt', async () => {
    const { request } = await http.start()
    const [head, tail] = withMessages('{"role":"user","content":"~"}').split('~') as [
      string,
      string,
    ]
    const body = Buffer.concat([
      Buffer.from(head),
      Buffer.of(0xff, 0xed, 0xa0, 0x80),
      Buffer.from(tail),
    ])
    const response = await request(chat, { method: 'POST', body })
    expect(response.status).toBe(400)
    const { error } = errorSchema.parse(await response.json())
    expect(error).toMatchObject({ code: 'invalid_json', message: 'The body is not valid UTF-8.' })
  })

  it('names the position of what is wrong', async () => {
    const { post } = await http.start()
    const response = await post(chat, '{"model" "auto"}')
    const { error } = errorSchema.parse(await response.json())
    expect(error.message).toBe('The body is not valid JSON: unexpected character at position 9.')
  })
})

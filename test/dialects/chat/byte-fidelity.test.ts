// A request in its provider's own dialect arrives as it was written, but for the model's name: whatever is odd about it.
import { describe, expect, it } from 'vitest'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const CHAT: Spec = {
  json: { choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }] },
}
const MESSAGE: Spec = { json: { id: 'm', type: 'message', content: [], stop_reason: 'end_turn' } }
const RESPONSE: Spec = { json: { id: 'r', status: 'completed', output: [] } }

const say = String.raw`{"role":"user","content":"Gr\u00fc\u00DFe \ud83d\ude00 \/ \t\u0000x"}`
const schema = `{"z":1,"a":2,"type":"object","properties":{"n":{"maximum":18446744073709551615,"multipleOf":1.0}}}`

interface Door {
  path: string
  model: string
  name: string
  answer: Spec
  /** A member that holds the words, and others. */
  rest: string
}

const DOORS: Record<string, Door> = {
  'OpenAI chat': {
    path: '/v1/chat/completions',
    model: 'openai',
    name: 'openai-model',
    answer: CHAT,
    rest: `"messages":[${say}],"tools":[{"function":{"parameters":${schema},"name":"f"},"type":"function"}]`,
  },
  'Anthropic messages': {
    path: '/v1/messages',
    model: 'ant',
    name: 'claude-x',
    answer: MESSAGE,
    rest: `"max_tokens":50,"messages":[${say}],"tools":[{"input_schema":${schema},"name":"f"}]`,
  },
  Responses: {
    path: '/v1/responses',
    model: 'openai',
    name: 'openai-model',
    answer: RESPONSE,
    rest: `"input":[${say}],"tools":[{"parameters":${schema},"name":"f","type":"function"}]`,
  },
}

/** What stands around the members, by what is odd about it. */
const FORMS: Record<string, (model: string, rest: string) => string> = {
  'the model last': (model, rest) => `{${rest},"model":"${model}"}`,
  'blanks everywhere': (model, rest) => `\r\n{\t"model"\n:\r"${model}" ,\n\n${rest}\t}\n `,
  'floats and exponents': (model, rest) =>
    `{"model":"${model}","temperature":1.0,"top_p":1e-1,${rest}}`,
  'keys in escapes': (model, rest) => `{"mod\\u0065l":"${model}","temperatur\\u0065":0.50,${rest}}`,
  'duplicate keys below': (model, rest) =>
    `{"model":"${model}","metadata":{"user_id":"a","user_id":"b"},"store":true,${rest}}`,
  'long numbers of its own': (model, rest) =>
    `{"model":"${model}",${rest},"temperature":0.30000000000000004441}`,
}

describe.each(Object.entries(DOORS))('%s', (_, { path, model, name, answer, rest }) => {
  it.each(Object.entries(FORMS))('with %s', async (_form, write) => {
    const rig = await createDialectRig()
    const { sentText, status } = await rig.ask(path, write(model, rest), answer)
    expect(status).toBe(200)
    const written = write(model, rest).replace(`"${model}"`, `"${name}"`)
    expect(sentText[0]).toBe(written)
  })

  it('with one key twice at the top is sent once, as the router has understood it', async () => {
    const rig = await createDialectRig()
    const twice = `{"model":"nobody","model":"${model}","temperature":0.1,"temperature":0.2,${rest}}`
    const { sent, sentText } = await rig.ask(path, twice, answer)
    expect(sent[0]).toMatchObject({ model: name, temperature: 0.2 })
    expect(sentText[0]?.match(/"temperature"/g)).toHaveLength(1)
    expect(sentText[0]).toContain('18446744073709551615')
  })
})

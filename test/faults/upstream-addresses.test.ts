// Section N of the acceptance list: nobody but the configuration says where a call goes, and with which key.
import { expect, it, onTestFinished } from 'vitest'
import { startFaultyProvider } from '../support/faulty-provider.ts'
import { createRig } from '../support/rig.ts'

const KEY = 'sk-of-the-caller'

/** Ways to name another address and key in a body. */
const bodies = (url: string): [string, object][] => {
  const fields = { base_url: url, api_base: url, api_key: KEY, extra_headers: { host: url } }
  return [
    ['at the top', fields],
    ['in an object', { extra_body: fields, litellm_params: fields }],
    ['in an object of an object', { provider: { options: { deeper: fields } } }],
    ['in a list', { providers: [fields, [fields]] }],
    ['in metadata', { metadata: { api_base: url, base_url: url } }],
  ]
}

it.each(bodies('').map(([where], at) => [where, at] as const))(
  'N01 sends nothing to an address that a caller names %s, and does not hand it on',
  async (_where, at) => {
    const other = await startFaultyProvider()
    onTestFinished(() => other.close())
    const rig = await createRig({ chain: ['ok'] })
    const [, body = {}] = bodies(other.baseUrl)[at] ?? []
    for (const stream of [false, true]) {
      expect(await rig.ask({ ...body, stream })).toMatchObject({ status: 200 })
    }
    expect(other.attempts).toEqual([])
    expect(rig.provider.attempts).toHaveLength(2)
    const sent = JSON.stringify(
      rig.provider.attempts.map((attempt) => [attempt.body, attempt.headers]),
    )
    expect(sent).not.toContain(other.baseUrl)
    expect(sent).not.toContain(KEY)
  },
)

it('N01 sends nothing to an address that a caller names in a header', async () => {
  const other = await startFaultyProvider()
  onTestFinished(() => other.close())
  const rig = await createRig({ chain: ['ok'] })
  const names = ['x-forwarded-host', 'forwarded', 'x-base-url', 'openai-base-url', 'api-base']
  const headers = Object.fromEntries(names.map((name) => [name, other.baseUrl]))
  expect(await rig.ask({}, { headers })).toMatchObject({ status: 200 })
  expect(other.attempts).toEqual([])
  expect(rig.provider.attempts[0]?.headers.host).toBe(new URL(rig.provider.baseUrl).host)
  expect(JSON.stringify(rig.provider.attempts[0]?.headers)).not.toContain(other.baseUrl)
})

it('N01 hands on parameters of tools and schemas that merely bear such a name', async () => {
  const rig = await createRig({ chain: ['ok'] })
  const properties = { base_url: { type: 'string' }, api_key: { type: 'string' } }
  const parameters = { type: 'object', properties }
  const tools = [{ type: 'function', function: { name: 'connect', parameters } }]
  expect(await rig.ask({ tools })).toMatchObject({ status: 200 })
  expect(rig.provider.attempts[0]?.body.tools).toEqual(tools)
})

it('N04 sends nothing, and so no key, to where a provider redirects', async () => {
  const other = await startFaultyProvider()
  onTestFinished(() => other.close())
  const rig = await createRig({
    chain: ['moved', 'ok'],
    faults: {
      moved: ({ response }) => {
        response.writeHead(307, { location: `${other.baseUrl}/chat/completions` })
        response.end()
      },
    },
  })
  expect(await rig.ask()).toMatchObject({ status: 200 })
  expect(other.attempts).toEqual([])
})

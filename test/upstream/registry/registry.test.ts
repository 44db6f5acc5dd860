// What can be wrong with a provider is said at the start, by name, and without its key.
import { describe, expect, it } from 'vitest'
import { type Config, configSchema } from '../../../src/config/config-schema.ts'
import { RouterError } from '../../../src/errors.ts'
import { createUpstreams } from '../../../src/upstream/registry/registry.ts'
import { startFakeProvider } from '../../support/fake-provider.ts'
import { createTestLogger, requestOf } from '../harness.ts'

const resilience = configSchema.shape.resilience.parse({})
const providersOf = (providers: object) => configSchema.shape.providers.parse(providers)
const create = (provider: object, env: Record<string, string | undefined> = {}) =>
  createUpstreams({
    // Not parsed: what the schema refuses must be refused here too.
    providers: { main: { kind: 'openai', ...provider } } as unknown as Config['providers'],
    env,
    resilience,
    logger: createTestLogger().logger,
  })
const refusal = (provider: object, env = {}): RouterError => {
  try {
    create(provider, env)
  } catch (error) {
    if (error instanceof RouterError) return error
    throw error
  }
  throw new Error('expected the configuration to be refused')
}

describe('createUpstreams', () => {
  it('gives one upstream per provider', () => {
    const upstreams = createUpstreams({
      providers: providersOf({
        demo: { kind: 'echo' },
        main: { kind: 'openai' },
        claude: { kind: 'anthropic' },
        google: { kind: 'gemini' },
      }),
      env: {},
      resilience,
      logger: createTestLogger().logger,
    })
    expect(Object.entries(upstreams).map(([name, { kind }]) => [name, kind])).toEqual([
      ['demo', 'echo'],
      ['main', 'openai'],
      ['claude', 'anthropic'],
      ['google', 'gemini'],
    ])
  })

  it('calls the base_url with the key of the named variable', async () => {
    const provider = await startFakeProvider()
    const settings = { base_url: `${provider.baseUrl}/`, api_key_env: 'MAIN_KEY' }
    const { main } = create(settings, { MAIN_KEY: 'key-1' })
    await main?.chat(requestOf('ok'))
    expect(provider.attempts[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer key-1' },
    })
    await provider.close()
  })

  it.each([{}, { MAIN_KEY: undefined }, { MAIN_KEY: '' }])(
    'names provider and variable where the key is missing: %j',
    (env) => {
      const error = refusal({ api_key_env: 'MAIN_KEY' }, env)
      expect(error).toMatchObject({ code: 'invalid_config', param: 'providers.main.api_key_env' })
      expect(error.message).toContain('main')
      expect(error.message).toContain('MAIN_KEY')
    },
  )

  it.each(['secret\r\nx-evil: 1', 'secret\n', 'secret two', 'secrét', 'secret\u0000'])(
    'refuses a key that is unfit for a header without printing it: %j',
    (key) => {
      const error = refusal({ api_key_env: 'MAIN_KEY' }, { MAIN_KEY: key })
      expect(error.code).toBe('invalid_config')
      expect(JSON.stringify([error.message, error.details, error.stack])).not.toContain('secr')
    },
  )

  it.each([
    ['credentials', 'https://user:secret@api.test/v1'],
    ['a user name', 'https://user@api.test/v1'],
    ['an empty user name', 'https://@api.test/v1'],
    ['a query', 'https://api.test/v1?key=secret'],
    ['an empty query', 'https://api.test/v1?'],
    ['a fragment', 'https://api.test/v1#secret'],
    ['a line break', 'https://api.test/v1\nsecret'],
    ['a backslash', 'https://api.test\\secret'],
    ['another protocol', 'file:///secret'],
    ['no URL', 'secret'],
    ['a metadata address', 'http://169.254.169.254/secret'],
    ['a metadata address in decimal', 'http://2852039166/secret'],
    ['a metadata address in hex', 'http://0xa9fea9fe/secret'],
    ['a metadata address in full-width digits', 'http://１６９.254.169.254/secret'],
    ['a metadata address mapped to IPv6', 'http://[::ffff:169.254.169.254]/secret'],
    ['a link-local address', 'http://[fe80::1]/secret'],
    ['the platform address of Azure', 'http://168.63.129.16/secret'],
    ['a metadata address behind NAT64', 'http://[64:ff9b::a9fe:a9fe]/secret'],
    ['a multicast address', 'http://224.0.0.1/secret'],
    ['a metadata name', 'http://metadata.google.internal./secret'],
  ])('refuses a base_url with %s, without printing it', (_name, baseUrl) => {
    const error = refusal({ base_url: baseUrl })
    expect(error).toMatchObject({ code: 'invalid_config', param: 'providers.main.base_url' })
    expect(error.message).not.toContain('secret')
  })

  it.each(['http://127.0.0.1:11434/v1', 'http://[::1]:8000/v1', 'https://api.test/v1/account/a@b'])(
    'allows local servers and ordinary URLs: %s',
    (baseUrl) => {
      expect(create({ base_url: baseUrl }).main?.kind).toBe('openai')
    },
  )

  it('calls with each of several keys in turn', async () => {
    const provider = await startFakeProvider()
    const settings = { base_url: provider.baseUrl, api_key_env: ['KEY_A', 'KEY_B'] }
    const { main } = create(settings, { KEY_A: 'key-a', KEY_B: 'key-b' })
    for (let i = 0; i < 3; i += 1) await main?.chat(requestOf('ok'))
    const keys = provider.attempts.map(({ headers }) => headers.authorization)
    expect(keys).toEqual(['Bearer key-a', 'Bearer key-b', 'Bearer key-a'])
    await provider.close()
  })

  it('refuses to start where one of several keys is missing', () => {
    const error = refusal({ api_key_env: ['KEY_A', 'KEY_B'] }, { KEY_A: 'key-a' })
    expect(error.message).toContain('KEY_B')
  })

  it('does not send an Azure key to another address for want of one', () => {
    expect(refusal({ preset: 'azure' })).toMatchObject({ param: 'providers.main.base_url' })
  })

  it.each([{ kind: 'gemini' }, { preset: 'azure', base_url: 'https://r.openai.azure.com' }])(
    'refuses to start with a model name that would leave the path: %j',
    (provider) => {
      const start = (name: string) =>
        createUpstreams({
          providers: providersOf({ main: { kind: 'openai', ...provider } }),
          models: configSchema.shape.models.parse({ m: { provider: 'main', name } }),
          env: {},
          resilience,
          logger: createTestLogger().logger,
        })
      expect(() => start('../files?x=1')).toThrow(/provider main/)
      expect(start('a-model.1')).toHaveProperty('main')
    },
  )

  it('sends extra headers, but none that carry a key or frame the message', async () => {
    const provider = await startFakeProvider()
    const settings = { base_url: provider.baseUrl, extra_headers: { 'X-Title': 'My app' } }
    await create(settings).main?.chat(requestOf('ok'))
    expect(provider.attempts[0]?.headers['x-title']).toBe('My app')
    for (const name of ['Authorization', 'X-API-Key', 'Host', 'Content-Length', 'Cookie']) {
      const error = refusal({ extra_headers: { [name]: 'secret' } })
      expect(error).toMatchObject({ param: 'providers.main.extra_headers' })
      expect(error.message).not.toContain('secret')
    }
    await provider.close()
  })

  it('reaches no private address that the base_url does not plainly name', async () => {
    const provider = await startFakeProvider()
    const hidden = provider.baseUrl.replace('127.0.0.1', '0x7f000001')
    const { main } = create({ base_url: hidden })
    await expect(main?.chat(requestOf('ok'))).rejects.toMatchObject({
      code: 'upstream_unavailable',
      isRetryable: false,
      message: expect.stringContaining('providers.main.allow_private'),
    })
    expect(provider.attempts).toEqual([])
    await create({ base_url: hidden, allow_private: true }).main?.chat(requestOf('ok'))
    expect(provider.attempts).toHaveLength(1)
    await provider.close()
  })
})

describe('the schema of a provider', () => {
  const isAllowed = (provider: object) =>
    configSchema.shape.providers.safeParse({ main: { kind: 'openai', ...provider } }).success

  it.each([
    { 'x-a': 'b\r\nx-evil: 1' },
    { 'x-a': 'b\n' },
    { 'x-a': '' },
    { 'x-a': ' b' },
    { 'x-a': 'é' },
    { 'x a': 'b' },
    { 'x-a\r\nx-evil': 'b' },
    { 'x:a': 'b' },
  ])('refuses the header %j', (headers) => {
    expect(isAllowed({ extra_headers: headers })).toBe(false)
  })

  it.each(['2024-10-21&x=1', '2024#', 'a/b', 'a?b', ''])(
    'refuses the api_version %j',
    (version) => {
      expect(isAllowed({ api_version: version })).toBe(false)
      expect(isAllowed({ api_version: '2025-01-01-preview' })).toBe(true)
    },
  )
})

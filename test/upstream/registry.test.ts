// What can be wrong with a provider is said at the start, by name, and without its key.
import { describe, expect, it } from 'vitest'
import { configSchema } from '../../src/config.ts'
import { RouterError } from '../../src/errors.ts'
import { createUpstreams } from '../../src/upstream/registry.ts'
import { startFakeProvider } from '../support/fake-provider.ts'
import { createTestLogger, requestOf } from './harness.ts'

const resilience = configSchema.shape.resilience.parse({})
const create = (provider: object, env: Record<string, string | undefined> = {}) =>
  createUpstreams({
    providers: { main: { kind: 'openai', ...provider } },
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
      providers: { demo: { kind: 'echo' }, main: { kind: 'openai' } },
      env: {},
      resilience,
      logger: createTestLogger().logger,
    })
    expect(Object.entries(upstreams).map(([name, { kind }]) => [name, kind])).toEqual([
      ['demo', 'echo'],
      ['main', 'openai'],
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
})

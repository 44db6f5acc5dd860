// What serves without a file, by the keys that the environment holds.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { defaultConfig, describeDefaults } from '../../src/config/default-config.ts'
import { initialConfig } from '../../src/config/initial-config.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import { withPrices } from '../../src/config/price-book.ts'

const configOf = (env: NodeJS.ProcessEnv) =>
  withPrices(checkConfig(defaultConfig(env), 'the defaults'))

const KEYS = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  gemini: 'GEMINI_API_KEY',
  mistral: 'MISTRAL_API_KEY',
  groq: 'GROQ_API_KEY',
  openrouter: 'OPENROUTER_API_KEY',
}

describe.each(Object.entries(KEYS))('with a key of %s alone', (name, variable) => {
  it('serves its models, at known prices', () => {
    const { providers, models, routes } = configOf({ [variable]: 'any' })
    expect(Object.keys(providers)).toEqual([name])
    expect(providers[name]?.api_key_env).toBe(variable)
    expect(routes.code?.models).toEqual(['large'])
    expect(routes.smalltalk?.models).toEqual(['small'])
    for (const { provider, input_usd_per_million: price } of Object.values(models)) {
      expect(provider).toBe(name)
      expect(price).toBeGreaterThan(0)
    }
    const { small, large } = models
    expect(small?.output_usd_per_million).toBeLessThan(large?.output_usd_per_million ?? 0)
  })

  it('says so without the key', () => {
    const told = describeDefaults({ [variable]: 'secret-value' }).join('\n')
    expect(told).toContain(`${name} serves (${variable})`)
    expect(told).not.toContain('secret-value')
  })
})

it('takes a provider’s address from the environment', () => {
  const env = { ANTHROPIC_API_KEY: 'any', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }
  const { providers, models } = configOf(env)
  expect(providers.anthropic?.base_url).toBe('http://127.0.0.1:9')
  expect(models.large?.input_usd_per_million).toBe(3)
})

it('lets the other providers stand in for the first', () => {
  const env = { GROQ_API_KEY: 'a', ANTHROPIC_API_KEY: 'b' }
  const { routes, models } = configOf(env)
  expect(routes.code?.models).toEqual(['large', 'groq-large'])
  expect(models.large?.provider).toBe('anthropic')
  expect(describeDefaults(env)[1]).toContain('groq stands in where it fails (GROQ_API_KEY)')
})

it.each([
  ['127.0.0.1', 'http://127.0.0.1:11434/v1'],
  ['0.0.0.0:1234', 'http://127.0.0.1:1234/v1'],
  ['http://box:11434/', 'http://box:11434/v1'],
  ['https://ollama.example.com', 'https://ollama.example.com/v1'],
])('serves from the Ollama at %s, whose prices stay unknown', (address, baseUrl) => {
  const { providers, models } = configOf({ OLLAMA_HOST: address })
  expect(providers.ollama).toMatchObject({ preset: 'ollama', base_url: baseUrl })
  expect(models.small?.input_usd_per_million).toBeNull()
})

it('keeps to the demo where nothing is named, and says what would change that', () => {
  expect(Object.keys(configOf({}).providers)).toEqual(['echo'])
  expect(describeDefaults({})[0]).toContain('ANTHROPIC_API_KEY')
})

it('writes the same as a commented file', () => {
  const env = { ANTHROPIC_API_KEY: 'secret-value', GROQ_API_KEY: 'other-value' }
  const text = initialConfig(env)
  expect(parse(text)).toEqual(defaultConfig(env))
  expect(text).toContain('# anthropic serves (ANTHROPIC_API_KEY)')
  expect(text).toMatch(/\n\n# Models by an id of your own\./)
  expect(text).not.toMatch(/secret-value|other-value/)
})

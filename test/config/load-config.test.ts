import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { defaultConfig } from '../../src/config/default-config.ts'
import { checkConfig, loadConfig, readConfigText } from '../../src/config/load-config.ts'
import { RouterError } from '../../src/errors.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'signalbox-config-'))
const minimal = {
  providers: { demo: { kind: 'echo' } },
  models: { small: { provider: 'demo', name: 'small' } },
  routes: { general: { models: ['small'] } },
  default_route: 'general',
}
const problem = (input: unknown): string => {
  try {
    checkConfig(input, 'signalbox.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(RouterError)
    return (error as RouterError).message
  }
  throw new Error('was accepted')
}

describe('configuration', () => {
  it('serves the echo provider where the environment names no other', () => {
    const { config, path } = loadConfig({ env: {}, cwd: folder() })
    expect(path).toBeNull()
    expect(Object.keys(config.providers)).toEqual(['echo'])
    expect(config.providers.echo?.kind).toBe('echo')
    expect(Object.keys(config.routes)).toContain('code')
  })

  it('serves an OpenAI-compatible server that the environment names', () => {
    const env = { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_API_KEY: 'sk-secret' }
    const { config, text } = loadConfig({ env, cwd: folder() })
    expect(config.providers.openai).toMatchObject({
      kind: 'openai',
      base_url: 'http://127.0.0.1:9/v1',
      api_key_env: 'OPENAI_API_KEY',
    })
    expect(text).not.toContain('sk-secret')
  })

  it('reads signalbox.yaml in the working directory, HOST and PORT override', () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'signalbox.yaml'), stringify({ ...minimal, server: { port: 1 } }))
    const { config } = loadConfig({ env: { PORT: '9999', HOST: '::1' }, cwd })
    expect(config.server).toMatchObject({ port: 9999, host: '::1' })
  })

  it('gives equal configurations equal versions and others another', () => {
    const cwd = folder()
    const first = loadConfig({ env: {}, cwd }).version
    expect(loadConfig({ env: {}, cwd }).version).toBe(first)
    const env = { SIGNALBOX_SMALL_MODEL: 'another' }
    expect(loadConfig({ env, cwd }).version).not.toBe(first)
  })

  it("keeps HOST and PORT out of the text and the version: they are the process's own", () => {
    const cwd = folder()
    const plain = loadConfig({ env: {}, cwd })
    const overridden = loadConfig({ env: { PORT: '1', HOST: '::1' }, cwd })
    expect(overridden.config.server).toMatchObject({ port: 1, host: '::1' })
    expect(overridden).toMatchObject({ text: plain.text, version: plain.version })
  })

  it('keeps the file as it is written beside what it amounts to', () => {
    const cwd = folder()
    const source = `# ours\n${stringify(minimal)}`
    writeFileSync(join(cwd, 'signalbox.yaml'), source)
    const loaded = loadConfig({ env: {}, cwd })
    expect(loaded.source).toBe(source)
    expect(loaded.text).not.toContain('# ours')
  })

  it('names a misspelt key by its path and suggests the right one', () => {
    expect(problem({ ...minimal, encoder: { deadline: 5 } })).toContain(
      'encoder.deadline: unknown key, did you mean "deadline_ms"?',
    )
    expect(problem({ ...minimal, rutes: {} })).toContain('did you mean "routes"?')
    const nested = { ...minimal, routes: { general: { model: ['small'] } } }
    expect(problem(nested)).toContain('routes.general.model: unknown key, did you mean "models"?')
  })

  it('names what refers to nothing', () => {
    expect(problem({ ...minimal, default_route: 'genral' })).toContain('did you mean "general"?')
    const model = { ...minimal, routes: { general: { models: ['smal'] } } }
    expect(problem(model)).toContain(
      'routes.general.models: no model "smal", did you mean "small"?',
    )
    const provider = { ...minimal, models: { small: { provider: 'dem', name: 'x' } } }
    expect(problem(provider)).toContain('did you mean "demo"?')
    expect(problem({ ...minimal, providers: { demo: { kind: 'openai' } } })).toContain('base_url')
  })

  it('names an alias that stands for nothing, and one that hides a name', () => {
    const aliases = { 'gpt-*': 'smal', auto: 'small', 'route:x': 'small' }
    const message = problem({ ...minimal, aliases })
    expect(message).toMatch(
      /aliases\.gpt-\*: there is no "smal" to stand for, did you mean "small"\?/,
    )
    expect(message).toContain('aliases.auto: this name stands for itself already')
    expect(message).toContain('aliases.route:x: this name stands for itself already')
  })

  it('refuses a key where the name of a variable belongs, without repeating it', () => {
    const leaky = { demo: { kind: 'openai', base_url: 'http://x/v1', api_key_env: 'sk-12-secret' } }
    const message = problem({ ...minimal, providers: leaky })
    expect(message).toContain('providers.demo.api_key_env')
    expect(message).not.toContain('secret')
  })

  it('names a file that SIGNALBOX_CONFIG points to in vain, and YAML that cannot be read', () => {
    const cwd = folder()
    expect(() => loadConfig({ env: { SIGNALBOX_CONFIG: 'gone.yaml' }, cwd })).toThrow(
      'does not exist',
    )
    writeFileSync(join(cwd, 'bad.yaml'), 'a: [1')
    expect(() => loadConfig({ env: { SIGNALBOX_CONFIG: 'bad.yaml' }, cwd })).toThrow('YAML')
  })

  it('has embedded defaults that are valid', () => {
    expect(() => checkConfig(defaultConfig({}), 'defaults')).not.toThrow()
  })
})

it.each(['__proto__', 'constructor', 'prototype'])(
  'reports a key %s, wherever it stands, instead of dropping it',
  (key) => {
    const read = (source: string) =>
      readConfigText(source, { where: 'the file', path: null, env: {} })
    for (const [source, path] of [
      [`${key}: {port: 1}`, key],
      [`server: {${key}: {port: 1}}`, `server.${key}`],
      [`routes: {${key}: {models: [small]}}`, `routes.${key}`],
    ] as const) {
      expect(() => read(source)).toThrow(`${path}: this name is reserved`)
    }
  },
)

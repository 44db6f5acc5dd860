import { describe, expect, it } from 'vitest'
import { createNameModel, type ModelNames } from '../../../src/core/decide/named-model.ts'
import { isVendorName } from '../../../src/core/decide/vendor-name.ts'

const names: ModelNames = {
  routes: { code: {}, general: {} },
  models: { small: {}, 'gpt-4.1': {} },
  default_route: 'general',
  aliases: {},
  unknown_model: 'auto',
}

const named = (changes: Partial<ModelNames>, name: string, isRouted = true) => {
  const { model, rule } = createNameModel({ ...names, ...changes })(name, isRouted)
  return [model, rule]
}

const ALIASES = {
  'claude-*-haiku*': 'small',
  'claude-*': 'auto',
  'claude-opus-4-5': 'route:code',
  '*/mini*': 'small',
}

describe('what a name stands for', () => {
  it('is itself where it is ours, whatever the aliases say', () => {
    const all = { aliases: { '*': 'small' } }
    for (const name of ['auto', 'route:code', 'route:no-such', 'small', 'gpt-4.1']) {
      expect(named(all, name)).toEqual([name, null])
    }
  })

  it.each([
    ['claude-opus-4-5', 'route:code', 'claude-opus-4-5'],
    ['claude-3-5-haiku-20241022', 'small', 'claude-*-haiku*'],
    ['claude-haiku-4-5', 'auto', 'claude-*'],
    ['claude-', 'auto', 'claude-*'],
    ['x/mini', 'small', '*/mini*'],
    ['claude', 'auto', 'unknown_model'],
    ['minimal', 'minimal', null],
  ])('is for %s %s, by %s', (name, model, rule) => {
    expect(named({ aliases: ALIASES }, name)).toEqual([model, rule])
  })

  it('takes no part of a name for two parts of a pattern', () => {
    expect(named({ aliases: { 'ab*ba': 'small' } }, 'aba')).toEqual(['aba', null])
    expect(named({ aliases: { 'ab*ba': 'small' } }, 'abba')).toEqual(['small', 'ab*ba'])
    expect(named({ aliases: { 'a*b*c': 'small' } }, 'ac-b')).toEqual(['ac-b', null])
  })

  it('is said by unknown_model where only a vendor knows the name', () => {
    expect(named({}, 'gpt-5-codex')).toEqual(['auto', 'unknown_model'])
    expect(named({ unknown_model: 'default' }, 'gpt-5')).toEqual(['route:general', 'unknown_model'])
    expect(named({ unknown_model: 'refuse' }, 'gpt-5')).toEqual(['gpt-5', null])
    expect(named({}, 'smal')).toEqual(['smal', null])
  })

  it('is an alias or nothing where it is not to be routed', () => {
    expect(named({ aliases: { 'nova-*': 'small' } }, 'nova-2', false)).toEqual(['small', 'nova-*'])
    expect(named({}, 'gpt-5', false)).toEqual(['gpt-5', null])
  })
})

describe('names that vendors give', () => {
  it.each([
    'claude-sonnet-4-5-20250929',
    'claude-haiku-4-5',
    'claude-3-5-haiku-20241022',
    'us.anthropic.claude-sonnet-4-20250514-v1:0',
    'gpt-5-codex',
    'gpt-5.1-codex-max',
    'codex-mini-latest',
    'gpt-4o',
    'GPT-4o',
    'chatgpt-4o-latest',
    'o3-mini',
    'o4-mini',
    'openai/gpt-oss-120b',
    'models/gemini-2.5-pro',
    'google/gemini-2.5-flash',
    'qwen/qwen3-coder',
    'qwen3-coder-plus',
    'meta-llama/llama-3.3-70b-instruct',
    'llama3.2',
    'deepseek-chat',
    'mistral-large-latest',
    'grok-4',
    'kimi-k2',
    'x-ai/grok-4',
  ])('include %s', (name) => {
    expect(isVendorName(name)).toBe(true)
  })

  it.each([
    'small',
    'large',
    'auto2',
    'clauded',
    'gptx',
    'o',
    'o1n',
    'text-embedding-3-small',
    'my-claude-model',
    '',
    'a/b/c/d/gpt-4',
  ])('do not include %j', (name) => {
    expect(isVendorName(name)).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { baseUrlAdvice, completedBaseUrl } from '../../../src/upstream/registry/base-url-advice.ts'
import { providerBaseUrl } from '../../../src/upstream/registry/registry.ts'

const advice = (kind: 'openai' | 'anthropic' | 'gemini', base_url: string) =>
  baseUrlAdvice('mine', { kind, base_url })

describe('the address of an Anthropic provider', () => {
  it('may be written as Anthropic clients write it, without /v1, and with it', () => {
    for (const written of ['https://api.anthropic.com', 'https://api.anthropic.com/']) {
      expect(completedBaseUrl('anthropic', written)).toBe('https://api.anthropic.com/v1')
      expect(providerBaseUrl('mine', { kind: 'anthropic', base_url: written })).toMatch(/com\/v1$/)
    }
    for (const same of ['https://api.anthropic.com/v1', 'https://x.test/anthropic']) {
      expect(completedBaseUrl('anthropic', same)).toBe(same)
    }
    expect(completedBaseUrl('openai', 'https://x.test')).toBe('https://x.test')
  })

  it('is doubted where its path does not end in a version', () => {
    expect(advice('anthropic', 'https://x.test/anthropic')).toMatch(
      /^providers\.mine\.base_url does not end in \/v1: messages go to \/anthropic\/messages there/,
    )
    expect(advice('anthropic', 'https://x.test/anthropic/v1')).toBeNull()
    expect(advice('anthropic', 'https://x.test')).toBeNull()
  })
})

describe('other addresses', () => {
  it('are doubted where they hold the operation, or no path at all', () => {
    expect(advice('openai', 'https://x.test/v1/chat/completions')).toMatch(/leave that out/)
    expect(advice('anthropic', 'https://x.test/v1/messages/')).toMatch(/ends in \/messages/)
    expect(advice('openai', 'http://127.0.0.1:11434')).toMatch(/has no path: most servers/)
  })

  it('are taken as they are otherwise', () => {
    expect(advice('openai', 'https://x.test/v1')).toBeNull()
    expect(advice('openai', 'https://mine.openai.azure.com')).toBeNull()
    expect(advice('gemini', 'https://x.test')).toBeNull()
    expect(baseUrlAdvice('mine', { kind: 'echo' })).toBeNull()
  })
})

import { expect, it } from 'vitest'
import { vendorOfHost, vendorOfKey } from '../../../src/quality/doctor/key-vendors.ts'

it('tells whose key a key is by a beginning that only one vendor uses', () => {
  expect(vendorOfKey('sk-ant-api03-abc')).toBe('Anthropic')
  expect(vendorOfKey('sk-or-v1-abc')).toBe('OpenRouter')
  expect(vendorOfKey('gsk_abc')).toBe('Groq')
  expect(vendorOfKey('sk-abc')).toBeNull()
})

it('takes a host for a vendor only where the name ends in that vendor’s', () => {
  expect(vendorOfHost('api.anthropic.com')).toBe('Anthropic')
  expect(vendorOfHost('api.anthropic.com.evil.test')).toBeNull()
  expect(vendorOfHost('openrouter.ai')).toBe('OpenRouter')
  expect(vendorOfHost('notopenrouter.ai')).toBeNull()
})

// Ways of asking a model in a route's list, and what becomes of them.
import { describe, expect, it } from 'vitest'
import { principalOf } from '../../src/access/principal-of.ts'
import { checkConfig, describeConfig, readConfigText } from '../../src/config/load-config.ts'
import { actionOf } from '../../src/config/schema/action-schema.ts'

const configOf = (models: unknown[]) =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: { big: { provider: 'demo', name: 'big-1', input_usd_per_million: 3 } },
      routes: { code: { models } },
      default_route: 'code',
    },
    'the test configuration',
  )

describe('a way of asking a model', () => {
  it('is a model of its own, with all that the model has', () => {
    const config = configOf([
      'big',
      { model: 'big', effort: 'low' },
      { model: 'big', effort: 'high', answer_tokens: 500 },
      { model: 'big', answer_tokens: 100 },
    ])
    expect(config.routes.code?.models).toEqual(['big', 'big@low', 'big@high-500', 'big@100'])
    expect(config.models['big@high-500']).toEqual({
      ...config.models.big,
      ...{ effort: 'high', answer_tokens: 500 },
    })
    expect(config.models['big@100']).toMatchObject({ effort: null, answer_tokens: 100 })
  })

  it('comes back the same from the text that is kept of a configuration', () => {
    const config = configOf(['big', { model: 'big', effort: 'low' }])
    const { text, version } = describeConfig(config)
    const read = readConfigText(text, { where: 'kept', path: null, env: {} })
    expect(read.version).toBe(version)
  })

  it('is refused for a model that is not configured, by its name', () => {
    expect(() => configOf([{ model: 'bog', effort: 'low' }])).toThrow(/no model "bog@low"/)
    expect(() => configOf([{ model: 'big', effort: 'lower' }])).toThrow(/routes.code.models/)
  })

  it('may be used by a key of its model', () => {
    const config = configOf(['big', { model: 'big', effort: 'low' }])
    const key = {
      ...{ id: 'k', name: 'k', owner: null, roles: [], models: ['big'], routes: null, limits: {} },
      ...{ createdAtMs: 1, createdBy: 'cli', expiresAtMs: null, revokedAtMs: null },
    }
    const { models } = principalOf(key as unknown as Parameters<typeof principalOf>[0], config)
    expect([...(models ?? [])]).toEqual(['big', 'big@low'])
  })
})

it.each([
  ['gpt@low', { model: 'gpt', effort: 'low', answerTokens: null }],
  ['a@b@high-20', { model: 'a@b', effort: 'high', answerTokens: 20 }],
  ['gpt@800', { model: 'gpt', effort: null, answerTokens: 800 }],
  ['gpt@2024-05-01', null],
  ['gpt', null],
  ['@low', null],
])('reads %s', (id, action) => {
  expect(actionOf(id)).toEqual(action)
})

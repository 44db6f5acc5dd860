// Between the decision and the call: what a request needs, held against the configured models.
import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../src/config/load-config.ts'
import { RouterError } from '../../src/errors.ts'
import { type Choice, createConstrain } from '../../src/routing/constrain.ts'

const provider = { provider: 'demo' }
const config = (changes: object = {}) =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: {
        plain: { ...provider, name: 'a', capabilities: [], context_window: 1_000 },
        tooled: { ...provider, name: 'b', capabilities: ['tools'], context_window: 1_000 },
        wide: { ...provider, name: 'c', capabilities: ['tools'], context_window: 100_000 },
        unknown: { ...provider, name: 'd' },
      },
      routes: { code: { models: ['plain', 'tooled'] } },
      default_route: 'code',
      ...changes,
    },
    'the test configuration',
  )

const choice: Choice = { route: 'code', model: 'plain', reason: 'matched' }
const TOOLS = { tools: [{ type: 'function', function: { name: 'f' } }] }
const asking = (
  rest: object = {},
  { words = 3, model = 'auto' }: { words?: number; model?: string } = {},
) => ({ model, messages: [{ role: 'user', content: 'word '.repeat(words) }], ...rest })
const everyone = () => true
const constrain = (
  body: ReturnType<typeof asking>,
  { changes = {}, from = choice, isPermitted = everyone as (model: string) => boolean } = {},
) => createConstrain(config(changes))(from, { body, isPermitted })

const refusal = (act: () => unknown): RouterError => {
  try {
    act()
  } catch (error) {
    if (error instanceof RouterError) return error
  }
  throw new Error('expected a refusal')
}

const FALLBACKS = { resilience: { fallbacks: { context_window: ['wide'] } } }

describe('a request', () => {
  it('stays with the chosen model where that can serve it', () => {
    const { choice: made, skipped, mayUse } = constrain(asking())
    expect(made).toBe(choice)
    expect(skipped).toEqual([])
    expect(mayUse('tooled')).toBe(true)
  })

  it('goes to the route’s next model that can, which is then the only kind it may go to', () => {
    const { choice: made, skipped, mayUse } = constrain(asking(TOOLS))
    expect(made).toEqual({ route: 'code', model: 'tooled', reason: 'constrained' })
    expect(skipped).toEqual([
      { model: 'plain', constraint: 'tools', message: 'lacks tools, which the request needs' },
    ])
    expect(['plain', 'tooled', 'wide', 'unknown'].map(mayUse)).toEqual([false, true, true, true])
  })

  it('that is too long goes to the fallback for larger contexts, one that lacks tools does not', () => {
    const long = constrain(asking({}, { words: 5_000 }), { changes: FALLBACKS })
    expect(long.choice).toMatchObject({ model: 'wide', reason: 'constrained' })
    expect(long.skipped.map(({ model }) => model)).toEqual(['plain', 'tooled'])
    const changes = { ...FALLBACKS, routes: { code: { models: ['plain'] } } }
    expect(refusal(() => constrain(asking(TOOLS), { changes })).code).toBe('invalid_request')
  })

  it('that nobody can serve is refused, naming constraint and models', () => {
    const error = refusal(() => constrain(asking({ response_format: { type: 'json_schema' } })))
    expect(error).toMatchObject({
      code: 'invalid_request',
      param: 'response_format',
      details: { constraint: 'json_schema' },
    })
    expect(error.message).toContain('plain lacks json_schema')
    expect(error.message).toContain('tooled lacks json_schema')
  })

  it('is not refused by an estimate that may be too high, only by one that surely is', () => {
    const fits = constrain(asking({}, { words: 800 }))
    expect(fits.choice).toBe(choice)
    expect(fits.mayUse('tooled')).toBe(true)
    expect(refusal(() => constrain(asking({}, { words: 5_000 }))).param).toBe('messages')
  })

  it('for a pinned model is given to what is configured as its fallback, never to a route', () => {
    const from: Choice = { ...choice, reason: 'pinned' }
    const body = asking(TOOLS, { model: 'plain' })
    expect(refusal(() => constrain(body, { from })).message).not.toContain('tooled')
    const changes = { resilience: { fallbacks: { general: ['wide'] } } }
    expect(constrain(body, { from, changes }).choice).toMatchObject({
      model: 'wide',
      reason: 'constrained',
    })
  })

  it('is never given to a model that whoever asks may not use', () => {
    const isPermitted = (model: string) => model !== 'tooled'
    expect(refusal(() => constrain(asking(TOOLS), { isPermitted })).message).not.toContain('tooled')
    expect(constrain(asking(), { isPermitted }).mayUse('tooled')).toBe(false)
  })
})

it('nothing is held against models without limits', () => {
  const models = { plain: { ...provider, name: 'a' } }
  const routes = { code: { models: ['plain'] } }
  const body = asking(TOOLS, { words: 100_000 })
  expect(constrain(body, { changes: { models, routes } }).choice).toBe(choice)
})

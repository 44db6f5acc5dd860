// Between the decision and the call: keys, chains and what a request needs, held against the configured models.
import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../src/config/load-config.ts'
import { LOCAL_PRINCIPAL } from '../../src/core/decide/gateway-key.ts'
import { RouterError } from '../../src/errors.ts'
import { type ChosenOptions, chosenFor } from '../support/chosen.ts'

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

const TOOLS = { tools: [{ type: 'function', function: { name: 'f' } }] }
const asking = (
  rest: object = {},
  { words = 3, model = 'auto' }: { words?: number; model?: string } = {},
) => ({ model, messages: [{ role: 'user', content: 'word '.repeat(words) }], ...rest })
/** A key that may use these models alone. */
const keyFor = (...models: string[]) => ({ ...LOCAL_PRINCIPAL, models: new Set(models) })
const choose = (
  body: ReturnType<typeof asking>,
  { changes = {}, ...options }: Partial<ChosenOptions> & { changes?: object } = {},
) => chosenFor(config(changes), { body, ...options })

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
  it('stays with the wanted model where that can serve it', () => {
    expect(choose(asking())).toMatchObject({
      route: 'code',
      reason: 'matched',
      model: 'plain',
      skipped: [],
      chain: { models: ['plain', 'tooled'] },
    })
  })

  it('goes to the route’s next model that can, which is then the only kind it may go to', () => {
    const general = { resilience: { fallbacks: { general: ['wide', 'unknown', 'plain'] } } }
    const made = choose(asking(TOOLS), { changes: general })
    expect(made).toMatchObject({
      ...{ route: 'code', model: 'tooled', reason: 'constrained', routeReason: 'matched' },
      chain: { models: ['tooled', 'wide', 'unknown'] },
    })
    expect(made.skipped).toEqual([
      { model: 'plain', constraint: 'tools', message: 'lacks tools, which the request needs' },
    ])
  })

  it('that is too long goes to the fallback for larger contexts, one that lacks tools does not', () => {
    const long = choose(asking({}, { words: 5_000 }), { changes: FALLBACKS })
    expect(long).toMatchObject({ model: 'wide', reason: 'constrained' })
    expect(long.skipped.map(({ model }) => model)).toEqual(['plain', 'tooled'])
    const changes = { ...FALLBACKS, routes: { code: { models: ['plain'] } } }
    expect(refusal(() => choose(asking(TOOLS), { changes })).code).toBe('invalid_request')
  })

  it('that nobody can serve is refused, naming constraint and models', () => {
    const error = refusal(() => choose(asking({ response_format: { type: 'json_schema' } })))
    expect(error).toMatchObject({
      code: 'invalid_request',
      param: 'response_format',
      details: { constraint: 'json_schema' },
    })
    expect(error.message).toContain('plain lacks json_schema')
    expect(error.message).toContain('tooled lacks json_schema')
  })

  it('is not refused by an estimate that may be too high, only by one that surely is', () => {
    const fits = choose(asking({}, { words: 800 }))
    expect(fits).toMatchObject({ model: 'plain', reason: 'matched' })
    expect(fits.chain.models).toContain('tooled')
    expect(refusal(() => choose(asking({}, { words: 5_000 }))).param).toBe('messages')
  })

  it('for a pinned model is given to what is configured as its fallback, never to a route', () => {
    const body = asking(TOOLS, { model: 'plain' })
    expect(refusal(() => choose(body)).message).not.toContain('tooled')
    const changes = { resilience: { fallbacks: { general: ['wide'] } } }
    expect(choose(body, { changes })).toMatchObject({ model: 'wide', reason: 'constrained' })
  })

  it('is never given to a model that whoever asks may not use', () => {
    const principal = keyFor('plain', 'wide')
    expect(refusal(() => choose(asking(TOOLS), { principal })).message).not.toContain('tooled')
    expect(choose(asking(), { principal }).chain.models).toEqual(['plain'])
  })

  it('goes to another route where the key allows no model of its own', () => {
    const routes = { code: { models: ['plain'] }, talk: { models: ['tooled', 'wide'] } }
    const made = choose(asking(), { changes: { routes }, principal: keyFor('wide') })
    expect(made).toMatchObject({ route: 'talk', model: 'wide', routeReason: 'constrained' })
    expect(made.ranking).toEqual([{ model: 'wide', propensity: 1 }])
  })
})

it('nothing is held against models without limits', () => {
  const models = { plain: { ...provider, name: 'a' } }
  const routes = { code: { models: ['plain'] } }
  const body = asking(TOOLS, { words: 100_000 })
  expect(choose(body, { changes: { models, routes } })).toMatchObject({ model: 'plain' })
})

describe('the chain', () => {
  const GENERAL = { resilience: { fallbacks: { general: ['wide'] }, stream: 'buffered' } }
  const chain = (...args: Parameters<typeof choose>) => choose(...args).chain.models

  it('is the route’s models, then the fallbacks, none twice', () => {
    const changes = { resilience: { fallbacks: { general: ['wide', 'plain'] } } }
    expect(chain(asking(), { changes })).toEqual(['plain', 'tooled', 'wide'])
  })

  it('of a pinned model is that and what is configured as a fallback', () => {
    expect(chain(asking({}, { model: 'plain' }))).toEqual(['plain'])
    expect(chain(asking({}, { model: 'plain' }), { changes: GENERAL })).toEqual(['plain', 'wide'])
  })

  it('may be the caller’s own list, behind the wanted model', () => {
    expect(chain(asking({ models: ['unknown'] }))).toEqual(['plain', 'unknown'])
  })

  it('refuses a list that names what is not configured, or is none', () => {
    expect(refusal(() => choose(asking({ models: ['nope'] })))).toMatchObject({
      code: 'model_not_found',
      param: 'models',
    })
    expect(refusal(() => choose(asking({ models: 'wide' }))).code).toBe('invalid_request')
  })

  it('takes a route’s own fallbacks and stream one by one for the global ones', () => {
    const resilience = { fallbacks: { context_window: ['wide'] }, stream: 'live' }
    const routes = { code: { models: ['plain'], resilience } }
    const made = choose(asking(), { changes: { ...GENERAL, routes } })
    expect(made.chain).toMatchObject({
      models: ['plain', 'wide'],
      onContextWindow: ['wide'],
      onContentPolicy: [],
      windows: { plain: 1_000, wide: 100_000 },
      isBuffered: false,
    })
    expect(choose(asking(), { changes: GENERAL }).chain.isBuffered).toBe(true)
  })
})

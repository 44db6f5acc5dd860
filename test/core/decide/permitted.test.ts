import { describe, expect, it } from 'vitest'
import { permittedRoute, requirePermitted } from '../../../src/core/decide/permitted.ts'

const models = { code: ['large', 'small'], talk: ['small'], general: ['large'] }
const auto = { kind: 'auto' } as const
const of = (routes: string[] | null, ids: string[] | null) => ({
  routes: routes && new Set(routes),
  models: ids && new Set(ids),
})
const choose = (principal: ReturnType<typeof of>, route: keyof typeof models, requested = auto) =>
  permittedRoute(
    { route, reason: 'matched' },
    { principal, requested, models, defaultRoute: 'general' },
  )

describe('a route', () => {
  it('stays where nothing is restricted', () => {
    expect(choose(of(null, null), 'code')).toEqual({
      route: 'code',
      models: ['large', 'small'],
      reason: 'matched',
    })
  })

  it('keeps those of its models that are permitted', () => {
    expect(choose(of(null, ['small']), 'code')).toEqual({
      route: 'code',
      models: ['small'],
      reason: 'matched',
    })
  })

  it('goes to the default route where its own is not permitted, and says constrained', () => {
    expect(choose(of(['talk', 'general'], null), 'code')).toEqual({
      route: 'general',
      models: ['large'],
      reason: 'constrained',
    })
  })

  it('goes to the first permitted route where the default is not permitted either', () => {
    expect(choose(of(null, ['small']), 'general')).toMatchObject({
      route: 'code',
      models: ['small'],
    })
    expect(choose(of(['talk'], null), 'general')).toMatchObject({
      route: 'talk',
      models: ['small'],
    })
  })

  it('is refused where nothing is left', () => {
    expect(() => choose(of([], null), 'code')).toThrow(/may not use/)
    expect(() => choose(of(['talk'], ['large']), 'code')).toThrow(/may not use/)
  })

  it('never becomes another route than the pinned one', () => {
    const requested = { kind: 'route', route: 'talk' } as const
    expect(() =>
      permittedRoute(
        { route: 'talk', reason: 'pinned' },
        { principal: of(null, ['large']), requested, models, defaultRoute: 'general' },
      ),
    ).toThrow(/route "talk"/)
  })
})

describe('what is pinned', () => {
  it('is refused by name', () => {
    const limited = of(['talk'], ['small'])
    expect(() => requirePermitted(limited, { kind: 'model', model: 'large' })).toThrow(
      /the model "large". It may use: small\./,
    )
    expect(() => requirePermitted(limited, { kind: 'route', route: 'code' })).toThrow(
      /the route "code". It may use: talk\./,
    )
    expect(() => requirePermitted(limited, { kind: 'model', model: 'small' })).not.toThrow()
    expect(() => requirePermitted(limited, auto)).not.toThrow()
  })
})

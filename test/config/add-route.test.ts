import { describe, expect, it } from 'vitest'
import { addRoute } from '../../src/config/add-route.ts'

const SOURCE = `# Ours.
providers: { demo: { kind: echo } }
models:
  small: { provider: demo, name: small-1 } # cheap
routes:
  code: { models: [ small ] } # since Tuesday
  general: { models: [ small ] }
default_route: general # everything else
`

const BLOCK = SOURCE.replace(
  '  general: { models: [ small ] }',
  '  general:\n    # the rest\n    models: [ small ]',
)

const add = (source: string, name: string, models = ['small'], description?: string) =>
  addRoute(source, { name, models, description }, 'signalbox.yaml')

describe('a new route in the file', () => {
  it('stands on one line where its neighbours do; every other line stays', () => {
    expect(add(SOURCE, 'billing', ['small'], 'Invoices: paid or not')).toBe(
      SOURCE.replace(
        '  general: { models: [ small ] }\n',
        '  general: { models: [ small ] }\n  billing: { description: "Invoices: paid or not", models: [ small ] }\n',
      ),
    )
  })

  it('stands on several lines where its neighbours do', () => {
    expect(add(BLOCK, 'billing')).toBe(
      BLOCK.replace('default_route', '  billing:\n    models:\n      - small\ndefault_route'),
    )
  })

  it.each([
    ['code', ['small'], /code is already configured in signalbox\.yaml/],
    ['Billing', ['small'], /"Billing" cannot name a route: expected lower-case/],
    ['none', ['small'], /routes\.none: this name is reserved/],
    ['billing', ['smal'], /routes\.billing\.models: no model "smal", did you mean "small"/],
  ])('is refused as %s on %j, saying what would be right', (name, models, message) => {
    expect(() => add(SOURCE, name, models)).toThrow(message)
  })

  it('leaves alone what is shared by an alias', () => {
    const shared = '{ models: [ small ] }'
    const merged = SOURCE.replace(`general: ${shared}`, `general: &g ${shared}\n  other: *g`)
    expect(add(merged, 'billing')).toContain('other: *g')
  })
})

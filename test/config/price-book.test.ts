// Prices that nobody wrote down: from the book where it knows the model, and never out of thin air.
import { describe, expect, it } from 'vitest'
import { checkConfig, readConfigText } from '../../src/config/load-config.ts'
import { type PriceRow, priceBook, withPrices } from '../../src/config/price-book.ts'

const checked = (provider: object, model: object) =>
  checkConfig(
    {
      providers: { p: provider },
      models: { m: { provider: 'p', ...model } },
      routes: { general: { models: ['m'] } },
      default_route: 'general',
    },
    'the test configuration',
  )

const filled = (provider: object, model: object) => withPrices(checked(provider, model)).models.m

const openai = { kind: 'openai', base_url: 'https://api.openai.com/v1' }

describe('the book', () => {
  it('has each model of a provider once, with figures that make sense', () => {
    const { rows } = priceBook()
    const names = rows.map(({ provider, model }) => `${provider} ${model}`)
    expect(new Set(names).size).toBe(rows.length)
    const isSound = ({ input, output, cached_input: cached, ...row }: PriceRow): boolean =>
      input !== null &&
      output !== null &&
      input > 0 &&
      output >= input &&
      (cached === null || (cached > 0 && cached < input)) &&
      (row.max_output_tokens === null ||
        row.context_window === null ||
        row.max_output_tokens < row.context_window)
    expect(rows.filter((row) => !isSound(row))).toEqual([])
  })
})

describe('a model of the configuration', () => {
  it('has the price of its provider and name, whatever date its name ends in', () => {
    for (const name of ['gpt-4.1', 'gpt-4.1-2025-04-14']) {
      expect(filled(openai, { name })).toMatchObject({
        ...{ input_usd_per_million: 2, output_usd_per_million: 8 },
        ...{ cached_input_usd_per_million: 0.5, context_window: 1_047_576 },
      })
    }
    const claude = filled(
      { kind: 'anthropic', base_url: 'http://127.0.0.1:9' },
      {
        name: 'claude-haiku-4-5-20251001',
      },
    )
    expect(claude).toMatchObject({ input_usd_per_million: 1, output_usd_per_million: 5 })
  })

  it('keeps what is written of it, prices all together', () => {
    const own = { name: 'gpt-4.1', output_usd_per_million: 1, context_window: 5_000 }
    expect(filled(openai, own)).toMatchObject({
      ...{ input_usd_per_million: null, output_usd_per_million: 1 },
      ...{ cached_input_usd_per_million: null, context_window: 5_000 },
    })
  })

  it('stays unknown where the book does not know it, or its server', () => {
    const unknown = { input_usd_per_million: null, context_window: null, capabilities: null }
    expect(filled(openai, { name: 'gpt-99' })).toMatchObject(unknown)
    const elsewhere = { kind: 'openai', base_url: 'http://127.0.0.1:9/v1' }
    expect(filled(elsewhere, { name: 'gpt-4.1' })).toMatchObject(unknown)
    expect(filled({ kind: 'echo' }, { name: 'gpt-4.1' })).toMatchObject(unknown)
  })
})

it('is in the configuration as it is kept, so that a later book changes nothing of it', () => {
  const source = JSON.stringify(checked(openai, { name: 'gpt-4.1' }))
  const loaded = readConfigText(source, { where: 'here', path: null, env: {} })
  expect(loaded.text).toContain('input_usd_per_million: 2')
  const again = readConfigText(loaded.text, { where: 'here', path: null, env: {} })
  expect(again.version).toBe(loaded.version)
})

// signalbox models list|check: what the configured models cost, where that is known from, and what is not known.
import type { Command } from 'commander'
import type { Config, ModelConfig } from '../../src/config/config-schema.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { hasPrice, type PriceRow, priceBook } from '../../src/config/price-book.ts'
import { policyOf } from '../../src/config/schema/select-schema.ts'
import { printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

type PriceFrom = 'book' | 'configuration' | 'unknown'

interface ListedModel {
  id: string
  provider: string
  name: string
  input_usd_per_million: number | null
  cached_input_usd_per_million: number | null
  output_usd_per_million: number | null
  context_window: number | null
  price_from: PriceFrom
  /** Of the book's row; null without one. */
  date: string | null
  source: string | null
}

const rowOf = (config: Config, model: ModelConfig): PriceRow | null => {
  const provider = config.providers[model.provider]
  return provider ? priceBook().find(provider, model.name) : null
}

const isAsInBook = (model: ModelConfig, row: PriceRow): boolean =>
  model.input_usd_per_million === row.input && model.output_usd_per_million === row.output

const listed = (config: Config, [id, model]: [string, ModelConfig]): ListedModel => {
  const row = rowOf(config, model)
  const isBook = row !== null && isAsInBook(model, row)
  return {
    id,
    provider: model.provider,
    name: model.name,
    input_usd_per_million: model.input_usd_per_million,
    cached_input_usd_per_million: model.cached_input_usd_per_million,
    output_usd_per_million: model.output_usd_per_million,
    context_window: model.context_window,
    price_from: isBook ? 'book' : hasPrice(model) ? 'configuration' : 'unknown',
    date: isBook ? row.date : null,
    source: isBook ? row.source : null,
  }
}

const ofBook = ({ provider, model, ...row }: PriceRow): ListedModel => ({
  id: model,
  provider,
  name: model,
  input_usd_per_million: row.input,
  cached_input_usd_per_million: row.cached_input,
  output_usd_per_million: row.output,
  context_window: row.context_window,
  price_from: 'book',
  date: row.date,
  source: row.source,
})

const figure = (value: number | null): string => (value === null ? '–' : String(value))

const tableOf = (models: readonly ListedModel[]): string[] =>
  table([
    ['model', 'provider', 'name there', 'input', 'cached', 'output', 'window', 'price from'],
    ...models.map((one) => [
      ...[one.id, one.provider, one.name, figure(one.input_usd_per_million)],
      ...[figure(one.cached_input_usd_per_million), figure(one.output_usd_per_million)],
      ...[figure(one.context_window), one.date ? `book, ${one.date}` : one.price_from],
    ]),
  ])

const list = (options: { all?: boolean; json?: boolean }): void => {
  const { version, rows } = priceBook()
  const config = options.all ? null : loadConfig().config
  const models = config
    ? Object.entries(config.models).map((entry) => listed(config, entry))
    : rows.map(ofBook)
  printResult(options, { price_book: version, models }, () => [
    ...tableOf(models),
    `USD per million tokens; price book of ${version}.`,
  ])
}

/** Policies that go by prices. */
const BY_COST = new Set(['cheapest', 'balanced'])

const problemsOf = ({ models, routes }: Config): string[] =>
  Object.entries(routes).flatMap(([route, { select, models: ids }]) => {
    const { policy } = policyOf(select)
    if (!BY_COST.has(policy)) return []
    return ids
      .filter((id) => {
        const model = models[id]
        return model?.input_usd_per_million == null || model.output_usd_per_million === null
      })
      .map((id) => `routes.${route} goes by cost (${policy}), and the price of ${id} is unknown.`)
  })

const warningsOf = (config: Config): string[] =>
  Object.entries(config.models).flatMap(([id, model]) => {
    const row = rowOf(config, model)
    if (!hasPrice(model)) return [`models.${id}: its price is unknown, and so is what it costs.`]
    if (row === null || isAsInBook(model, row)) return []
    return [
      `models.${id}: the price book of ${row.date} says ${figure(row.input)} for input and ${figure(row.output)} for output.`,
    ]
  })

const check = (options: { json?: boolean }): void => {
  const { config } = loadConfig()
  const problems = problemsOf(config)
  const warnings = warningsOf(config)
  if (problems.length > 0) process.exitCode = 1
  printResult(options, { valid: problems.length === 0, problems, warnings }, () => [
    ...problems,
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(problems.length + warnings.length === 0 ? ['Every price is known.'] : []),
  ])
}

export const registerModels = (program: Command): void => {
  const command = program
    .command('models')
    .description('What the configured models cost, and where that is known from.')
  command
    .command('list')
    .description('Prices and windows of the configured models.')
    .option('--all', 'the whole price book instead')
    .option('--json', 'one JSON object on stdout')
    .action(list)
  command
    .command('check')
    .description(
      'Name prices that are unknown or other than the book’s; exit 1 where a policy needs one.',
    )
    .option('--json', 'one JSON object on stdout')
    .action(check)
}

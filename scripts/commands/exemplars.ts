// signalbox exemplars list|quarantine|release: which exemplars did well or harm in voted decisions, and a person's word on one.
import { type Command, InvalidArgumentError } from 'commander'
import { v7 as uuidV7 } from 'uuid'
import {
  createExemplarAccounts,
  type ExemplarAccount,
} from '../../src/training/candidates/exemplar-accounts.ts'
import { withContext } from '../terminal/context.ts'
import { percent, printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

const AUTHOR = 'cli'

const describe = (accounts: readonly ExemplarAccount[]): string[] => {
  if (accounts.length === 0) return ['No exemplar has taken part in a decision that was voted on.']
  const rows = accounts.map(({ exemplarId, route, credit, blame, harmChance, ruling }) => [
    exemplarId,
    route,
    credit.toFixed(2),
    blame.toFixed(2),
    percent(harmChance),
    ruling ? `${ruling.action} by ${ruling.author}` : '',
  ])
  return table([['exemplar', 'route', 'right', 'wrong', 'does harm', 'ruling'], ...rows])
}

const list = (options: { limit: number; json?: boolean }): Promise<void> =>
  withContext(async ({ config, store }) => {
    const deps = { config, store: await store(), newId: uuidV7, now: Date.now }
    const accounts = await createExemplarAccounts(deps).list(options.limit)
    printResult(options, { accounts }, () => describe(accounts))
  })

const rule =
  (action: 'quarantine' | 'release') =>
  (exemplarId: string, options: { note?: string; json?: boolean }): Promise<void> =>
    withContext(async ({ config, store }) => {
      const deps = { config, store: await store(), newId: uuidV7, now: Date.now }
      const ruling = { exemplarId, action, author: AUTHOR, note: options.note ?? null }
      await createExemplarAccounts(deps).rule(ruling)
      printResult(options, ruling, () => [
        action === 'quarantine'
          ? `${exemplarId} is left out from the next build on: signalbox rebuild`
          : `${exemplarId} stays in from the next build on, whatever votes say: signalbox rebuild`,
      ])
    })

const toLimit = (value: string): number => {
  const limit = Number(value)
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new InvalidArgumentError('Expected a whole number above 0.')
}

export const registerExemplars = (program: Command): void => {
  const exemplars = program
    .command('exemplars')
    .description('What exemplars did in decisions that were voted on.')
  exemplars
    .command('list', { isDefault: true })
    .description('The likeliest to do harm first.')
    .option('--limit <n>', 'most that are shown', toLimit, 20)
    .option('--json', 'one JSON object on stdout')
    .action(list)
  for (const action of ['quarantine', 'release'] as const) {
    exemplars
      .command(`${action} <id>`)
      .description(
        action === 'quarantine'
          ? 'Leave it out of the next builds.'
          : 'Keep it in the next builds, or take it back in.',
      )
      .option('--note <text>', 'why')
      .option('--json', 'one JSON object on stdout')
      .action(rule(action))
  }
}

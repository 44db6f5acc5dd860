// signalbox forget: deletes what is known of a session, a user or a key, and says which exemplars came of it.
import type { Command } from 'commander'
import { type ForgetReport, forget, forgetQueryOf } from '../../src/feedback/forget.ts'
import { withContext } from '../terminal/context.ts'
import { printResult } from '../terminal/output.ts'

interface Options {
  session?: string
  user?: string
  key?: string
  dryRun?: boolean
  json?: boolean
}

const describe = (report: ForgetReport): string[] => {
  const { dryRun, decisions, votes, exemplars, generations, currentGeneration, remaining } = report
  return [
    `${dryRun ? 'Would delete' : 'Deleted'} ${decisions} decisions and ${votes} votes; ${exemplars.length} exemplars came from them.`,
    ...generations.map(
      ({ generation, exemplarIds }) =>
        `  generation ${generation}${generation === currentGeneration ? ' (current)' : ''}: ${exemplarIds.join(', ')}`,
    ),
    ...remaining,
    ...(dryRun ? ['Nothing was deleted (--dry-run).'] : []),
  ]
}

const run = ({ session, user, key, dryRun = false, json = false }: Options): Promise<void> =>
  withContext(async ({ config, paths, store }) => {
    const query = forgetQueryOf({ sessionId: session, user, key })
    const report = await forget(
      query,
      {
        store: await store(),
        indexDir: paths.index,
        routes: Object.keys(config.routes),
        forgetInMemory: null,
      },
      { dryRun },
    )
    printResult({ json }, report, () => describe(report))
  })

export const registerForget = (program: Command): void => {
  program
    .command('forget')
    .description('Delete the decisions and votes of a session, a user or a key.')
    .option('--session <id>', 'as in x-session-id or metadata.session_id')
    .option('--user <name>', '`user` as callers send it')
    .option('--key <id>', 'a gateway key; local for calls without one')
    .option('--dry-run', 'count, and delete nothing')
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  signalbox forget --user ann@example.org --dry-run\n  signalbox forget --session 4711 && signalbox rebuild',
    )
    .action(run)
}

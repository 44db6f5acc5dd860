// signalbox errors: which calls to providers have failed lately, how often, why, and one decision of each kind. Reads only.
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { attemptCause } from '../../src/quality/doctor/attempt-cause.ts'
import { describeFailedAttempts, failedAttemptsJson } from '../report/describe-failed-attempts.ts'
import { withContext } from '../terminal/context.ts'
import { toCount } from '../terminal/option-values.ts'
import { printJson, printStyled } from '../terminal/output.ts'

interface Options {
  hours: number
  json?: boolean
}

const HOUR_MS = 3_600_000

const run = ({ hours, json }: Options): Promise<void> =>
  withContext(async ({ config, paths, store }) => {
    const sinceMs = Math.max(0, Date.now() - hours * HOUR_MS)
    // There is no database before the first start, and a question makes none.
    const found = existsSync(paths.database)
      ? await (await store()).listFailedAttempts(sinceMs)
      : []
    const groups = found.map((failed) => ({
      ...failed,
      reason: attemptCause(failed, { config, env: process.env }),
    }))
    if (json) printJson(failedAttemptsJson(groups, sinceMs))
    else printStyled(describeFailedAttempts(groups, hours))
  })

const HELP = `
The likely cause is read off today's configuration. Of a provider's message only common words are kept, so that
nothing of a prompt is.

Examples:
  signalbox errors
  signalbox errors --hours 1
  signalbox errors --json | jq '.groups[] | select(.status == 429)'`

export const registerErrors = (program: Command): void => {
  program
    .command('errors')
    .description(
      'Failed calls to providers by provider, model, code and message, with their likely cause.',
    )
    .option('--hours <n>', 'of the last so many hours', toCount, 24)
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', HELP)
    .action(run)
}

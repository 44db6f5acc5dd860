// signalbox rollback: back to an earlier index generation, verified by its hashes before the pointer is moved.
import type { Command } from 'commander'
import { describeGenerations } from '../../src/training/generations/list-generations.ts'
import { rollBack } from '../../src/training/generations/make-current.ts'
import { withContext } from '../terminal/context.ts'
import { toGeneration } from '../terminal/generation-number.ts'
import { percent, printResult } from '../terminal/output.ts'

interface Options {
  to?: number
  reason?: string
  list?: boolean
  json?: boolean
}

const list = async (dir: string, options: Options): Promise<void> => {
  const { current, generations } = await describeGenerations(dir, { verify: true })
  printResult(options, { current, generations }, () =>
    generations.length === 0
      ? ['There are no generations yet; build one with: signalbox rebuild']
      : generations.map((g) => {
          const mark = g.generation === current ? '*' : ' '
          const created = g.createdAtMs === null ? '' : new Date(g.createdAtMs).toISOString()
          const facts = `${created}  ${g.exemplars} exemplars (${g.fromFeedback} from feedback), held-out accuracy ${percent(g.heldOut?.accuracy)}`
          const refused = g.status === 'refused' ? ', refused by the gate' : ''
          return `${mark} ${g.generation}  ${g.problem ?? facts + refused}`
        }),
  )
}

const goBack = async (dir: string, options: Options): Promise<void> => {
  const { to = null, reason = null } = options
  const moved = await rollBack(dir, { to, reason, author: 'cli' })
  printResult(options, { from: moved.from, to: moved.to }, () => [
    moved.from === moved.to
      ? `Generation ${moved.to} was current already; its files verify.`
      : `Generation ${moved.to} is current again (was ${moved.from}). A running server swaps by itself.`,
  ])
}

export const registerRollback = (program: Command): void => {
  program
    .command('rollback')
    .description('Serve an earlier index generation again.')
    .option('--to <generation>', 'default: the one before the current', toGeneration)
    .option('--reason <text>', 'for the history')
    .option('--list', 'list the generations, verified, and change nothing')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExamples:\n  signalbox rollback --list\n  signalbox rollback --to 41')
    .action((options: Options) =>
      withContext(async ({ paths }) => {
        await (options.list ? list : goBack)(paths.index, options)
      }),
    )
}

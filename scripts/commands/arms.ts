// signalbox arms [shadow|canary|end]: generations tried beside the serving one. Written into the index folder, which a
// running server follows: it takes an arm up within a second.
import { existsSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import {
  type DescribedArms,
  type DescribedCanary,
  type DescribedShadow,
  describeArms,
} from '../../src/arms/describe-arms.ts'
import {
  type ArmName,
  endArm,
  MAX_CANARY_SHARE,
  startCanary,
  startShadow,
} from '../../src/vector-index/arms.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { percent, preview, printResult } from '../terminal/output.ts'

interface Options {
  json?: boolean
}

const EXAMPLES_SHOWN = 10

const AUTHOR = 'cli'

const describe = async ({ config, paths, store }: ScriptContext): Promise<DescribedArms> =>
  describeArms({
    dir: paths.index,
    // Without a database nothing was decided or voted on yet.
    store: existsSync(paths.database) ? await store() : null,
    settings: config.training.canary,
  })

const since = ({ startedAtMs, author: by }: DescribedShadow | DescribedCanary): string =>
  `since ${new Date(startedAtMs).toISOString()}, by ${by}`

const shadowLines = (shadow: DescribedShadow): string[] => {
  const { decisions, differing, moves, examples } = shadow.summary
  const share = decisions === 0 ? '' : ` (${percent(differing / decisions)})`
  return [
    `Shadow: generation ${shadow.generation}, ${since(shadow)}.`,
    ...(shadow.problem ? [`  Takes no part: ${shadow.problem}`] : []),
    `  ${decisions} decisions made once more, ${differing} would have differed${share}.`,
    ...moves.map(({ from, to, decisions: moved }) => `  ${from} → ${to}: ${moved}`),
    ...examples
      .slice(0, EXAMPLES_SHOWN)
      .map(
        ({ decisionId, route, shadowRoute, text }) =>
          `  ${decisionId}  ${route} → ${shadowRoute}  ${text === null ? '' : JSON.stringify(preview(text))}`,
      ),
  ]
}

const canaryLines = (canary: DescribedCanary): string[] => [
  `Canary: generation ${canary.generation} on ${percent(canary.share)} of the sessions against generation ${canary.against}, ${since(canary)}.`,
  ...(canary.problem ? [`  Takes no part: ${canary.problem}`] : []),
  `  ${canary.verdict.summary}`,
]

const lines = ({ current, shadow, canary }: DescribedArms): string[] => [
  current === null ? 'No generation is current.' : `Generation ${current} is current.`,
  ...(shadow ? shadowLines(shadow) : ['No shadow.']),
  ...(canary ? canaryLines(canary) : ['No canary.']),
]

/** Does something with the arms, and prints how they stand then. */
const change = (options: Options, work: (dir: string) => Promise<unknown>): Promise<void> =>
  withContext(async (context) => {
    await work(context.paths.index)
    const arms = await describe(context)
    printResult(options, arms, () => lines(arms))
  })

const toGeneration = (value: string): number => {
  const number = Number(value.replace(/^g0*/, ''))
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('Expected a generation number such as 41 or g000041.')
}

const toShare = (value: string): number => {
  const share = value.endsWith('%') ? Number(value.slice(0, -1)) / 100 : Number(value)
  if (share > 0 && share <= MAX_CANARY_SHARE) return share
  throw new InvalidArgumentError(`Expected a share above 0 and up to ${MAX_CANARY_SHARE}.`)
}

const toArm = (value: string): ArmName => {
  if (value === 'shadow' || value === 'canary') return value
  throw new InvalidArgumentError('Expected shadow or canary.')
}

const JSON_OPTION = ['--json', 'one JSON object on stdout'] as const

const EXAMPLES = `
Examples:
  signalbox arms
  signalbox arms shadow 7
  signalbox arms canary 7 --share 0.1
  signalbox arms end canary --reason "complaints from the web team"`

export const registerArms = (program: Command): void => {
  const arms = program
    .command('arms')
    .description('Generations that are tried beside the serving one, and how they do.')
    .addHelpText('after', EXAMPLES)
  arms
    .command('list', { isDefault: true })
    .description('The shadow and the canary.')
    .option(...JSON_OPTION)
    .action((options: Options) => change(options, async () => {}))
  arms
    .command('shadow')
    .description('Let a generation decide beside the serving one, without effect.')
    .argument('<generation>', 'see: signalbox rollback --list', toGeneration)
    .option(...JSON_OPTION)
    .action((generation: number, options: Options) =>
      change(options, (dir) => startShadow(dir, { generation, author: AUTHOR })),
    )
  arms
    .command('canary')
    .description('Try a generation on a share of the sessions; votes promote it or roll it back.')
    .argument('<generation>', 'see: signalbox rollback --list', toGeneration)
    .requiredOption('--share <share>', `of the sessions, up to ${MAX_CANARY_SHARE}`, toShare)
    .option(...JSON_OPTION)
    .action((generation: number, { share, ...options }: Options & { share: number }) =>
      change(options, (dir) => startCanary(dir, { generation, share, author: AUTHOR })),
    )
  arms
    .command('end')
    .description('End the shadow or the canary.')
    .argument('<arm>', 'shadow or canary', toArm)
    .option('--reason <reason>', 'for the history', 'Ended by hand.')
    .option(...JSON_OPTION)
    .action((name: ArmName, { reason, ...options }: Options & { reason: string }) =>
      change(options, (dir) => endArm(dir, name, { author: AUTHOR, reason })),
    )
}

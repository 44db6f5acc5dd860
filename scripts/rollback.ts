// signalbox rollback: back to an earlier index generation, verified by its hashes before the pointer is moved.
import { type Command, InvalidArgumentError } from 'commander'
import { RouterError } from '../src/errors.ts'
import { verifyGeneration } from '../src/vector-index/generation-check.ts'
import {
  currentGeneration,
  listGenerations,
  setCurrent,
} from '../src/vector-index/generation-store.ts'
import { withContext } from './support/context.ts'
import { percent, printResult } from './support/output.ts'

interface Options {
  to?: number
  list?: boolean
  json?: boolean
}

interface ListedGeneration {
  generation: number
  isCurrent: boolean
  createdAt: string | null
  exemplars: number | null
  fromFeedback: number | null
  accuracy: number | null
  /** Why it cannot be rolled back to; null where it verifies. */
  problem: string | null
}

const describeGeneration = async (dir: string, number: number, isCurrent: boolean) => {
  const listed: ListedGeneration = {
    generation: number,
    isCurrent,
    createdAt: null,
    exemplars: null,
    fromFeedback: null,
    accuracy: null,
    problem: null,
  }
  try {
    const manifest = await verifyGeneration(dir, number)
    listed.createdAt = new Date(manifest.createdAtMs).toISOString()
    listed.exemplars = manifest.exemplarCount
    listed.fromFeedback = manifest.feedbackExemplars
    listed.accuracy = manifest.heldOut?.accuracy ?? null
  } catch (error) {
    if (!(error instanceof RouterError)) throw error
    listed.problem = error.message
  }
  return listed
}

/** A damaged pointer names nothing: rolling back is what mends it. */
const readCurrent = (dir: string): Promise<number | null> =>
  currentGeneration(dir).catch((error: unknown) => {
    if (error instanceof RouterError && error.code === 'index_invalid') return null
    throw error
  })

const list = async (dir: string, options: Options): Promise<void> => {
  const current = await readCurrent(dir)
  const generations: ListedGeneration[] = []
  for (const number of await listGenerations(dir)) {
    generations.push(await describeGeneration(dir, number, number === current))
  }
  printResult(options, { current, generations }, () =>
    generations.length === 0
      ? ['There are no generations yet; build one with: signalbox rebuild']
      : generations.map((g) => {
          const mark = g.isCurrent ? '*' : ' '
          const facts = `${g.createdAt}  ${g.exemplars} exemplars (${g.fromFeedback} from feedback), held-out accuracy ${percent(g.accuracy)}`
          return `${mark} ${g.generation}  ${g.problem ?? facts}`
        }),
  )
}

/** The parent of the current generation where it is still there, else the next older one. */
const defaultTarget = async (dir: string, current: number | null, known: number[]) => {
  if (current === null)
    throw new RouterError(
      'index_unavailable',
      'No generation is current; build one with: signalbox rebuild',
    )
  const manifest = await verifyGeneration(dir, current).catch(() => null)
  const parent = manifest?.parentGeneration ?? null
  const target =
    parent !== null && known.includes(parent) ? parent : known.filter((n) => n < current).at(-1)
  if (target !== undefined) return target
  throw new RouterError(
    'index_unavailable',
    `Generation ${current} has no predecessor to roll back to; generations: ${known.join(', ')}.`,
  )
}

const rollBack = async (dir: string, options: Options): Promise<void> => {
  const known = await listGenerations(dir)
  const from = await readCurrent(dir)
  const to = options.to ?? (await defaultTarget(dir, from, known))
  if (!known.includes(to)) {
    throw new RouterError(
      'not_found',
      `There is no generation ${to}; generations: ${known.join(', ') || 'none'}.`,
    )
  }
  await setCurrent(dir, to)
  printResult(options, { from, to }, () => [
    from === to
      ? `Generation ${to} was current already; its files verify.`
      : `Generation ${to} is current again (was ${from}). A running server swaps by itself.`,
  ])
}

const toGeneration = (value: string): number => {
  const number = Number(value.replace(/^g0*/, ''))
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('Expected a generation number such as 41 or g000041.')
}

export const registerRollback = (program: Command): void => {
  program
    .command('rollback')
    .description('Serve an earlier index generation again.')
    .option('--to <generation>', 'default: the one before the current', toGeneration)
    .option('--list', 'list the generations, verified, and change nothing')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExamples:\n  signalbox rollback --list\n  signalbox rollback --to 41')
    .action((options: Options) =>
      withContext(async ({ paths }) => {
        await (options.list ? list : rollBack)(paths.index, options)
      }),
    )
}

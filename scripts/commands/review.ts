// signalbox review: what a person could settle, one item at a time, listed, or ruled by id.
import { userInfo } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { v7 as uuidV7 } from 'uuid'
import { RouterError } from '../../src/errors.ts'
import { createReview, type Review, type RulingRequest } from '../../src/training/review/review.ts'
import { REVIEW_KINDS, type ReviewKind } from '../../src/training/review/review-item.ts'
import { describeList } from '../report/describe-review.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { note, printLines, printResult } from '../terminal/output.ts'
import { runDialogue } from '../terminal/review-dialogue.ts'

interface Options {
  list?: boolean
  limit: number
  kind?: ReviewKind
  accept?: string
  relabel?: string
  reject?: string
  route?: string
  note?: string
  author?: string
  json?: boolean
}

const toLimit = (value: string): number => {
  const limit = Number(value)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 200) return limit
  throw new InvalidArgumentError('Expected a whole number from 1 to 200.')
}

/** The user of this terminal; in some containers the user has no name. */
const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return 'local'
  }
}

/** The ruling that the options ask for, or null. @throws RouterError `invalid_request` */
const rulingOf = (options: Options): RulingRequest | null => {
  const given = (['accept', 'relabel', 'reject'] as const).filter((action) => options[action])
  if (given.length > 1) {
    throw new RouterError('invalid_request', `One ruling at a time: --${given.join(' or --')}.`)
  }
  const [action] = given
  if (!action) return null
  const { route, note: said, author = userName() } = options
  return {
    id: options[action] as string,
    action,
    author,
    ...(route !== undefined && { route }),
    ...(said !== undefined && { note: said }),
  }
}

const talk = async (review: Review, context: ScriptContext, options: Options): Promise<void> => {
  const { limit, kind, author = userName() } = options
  note('Reading past decisions …')
  const list = await review.list({ limit, ...(kind && { kind }) })
  if (list.items.length === 0) {
    printLines(describeList(list))
    return
  }
  const counts = await runDialogue({
    items: list.items,
    routes: Object.keys(context.config.routes),
    rule: (request) => review.rule({ ...request, author }),
    input: process.stdin,
    output: process.stdout,
  })
  const { accepted, relabelled, rejected, skipped } = counts
  printLines([
    `${accepted} accepted, ${relabelled} relabelled, ${rejected} rejected, ${skipped} skipped.`,
  ])
}

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const { limit, kind, list, json } = options
  const request = rulingOf(options)
  const review = createReview({
    config: () => context.config,
    paths: context.paths,
    store: await context.store(),
    newId: uuidV7,
    now: Date.now,
  })
  if (request) {
    const result = await review.rule(request)
    printResult(options, result, () => [
      result.message,
      ...(result.yaml === null ? [] : ['', ...result.yaml.trimEnd().split('\n')]),
    ])
  } else if (list || json) {
    const found = await review.list({ limit, ...(kind && { kind }) })
    printResult(options, found, () => describeList(found))
  } else await talk(review, context, options)
}

export const registerReview = (program: Command): void => {
  program
    .command('review')
    .description('Settle what the router is unsure of: decisions, candidates, new routes.')
    .option('--list', 'print the queue instead of asking')
    .option('--limit <n>', 'most items of each kind', toLimit, 10)
    .addOption(new Option('--kind <kind>', 'only items of this kind').choices([...REVIEW_KINDS]))
    .option('--accept <id>', 'the decision was right; the candidate counts; make the new route')
    .option('--relabel <id>', 'it belongs to --route')
    .option('--reject <id>', 'hide the decision or cluster; leave the candidate out')
    .option('--route <route>', 'of --relabel; with --accept, a name for the new route')
    .option('--note <text>', 'kept with the ruling')
    .option('--author <name>', 'who says so; default: the user of this terminal')
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  signalbox review\n  signalbox review --list --kind new_route\n  signalbox review --relabel d_0198c0de-0000-7000-8000-000000000001 --route code',
    )
    .action((options: Options) => withContext((context) => run(context, options)))
}

// The command line of `signalbox eval`: what may be asked for, checked before anything is opened.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { LEFT_OUT, type LeftOutKind } from '../../../src/quality/evaluation/left-out-folds.ts'
import { GROUPINGS, type Grouping } from '../../../src/quality/evaluation/row-groups.ts'
import { toCount, toOpenShare, toShare } from '../../terminal/option-values.ts'

export interface EvalOptions {
  test?: string
  train?: string[]
  /** Rows of each label that are drawn from `train`. */
  shots?: number
  /** Of that draw. */
  seed?: number
  descriptions?: string
  trainNone?: string[]
  none?: string[]
  pairs?: string
  /** Prompts to rewrite; true for the default number. */
  flips?: number | true
  /** Highest wrong-route rate; true for the configured one. */
  conformal?: number | true
  audit?: boolean
  by?: Grouping[]
  leaveOut?: LeftOutKind
  compare?: string[]
  predictions?: string
  html?: string
  minAccuracy?: number
  json?: boolean
}

const toGroupings = (value: string, before: Grouping[] = []): Grouping[] => {
  const found = GROUPINGS.find((name) => name === value)
  if (found) return [...before, found]
  throw new InvalidArgumentError(`Expected one of ${GROUPINGS.join(', ')}.`)
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

const EXAMPLES = `
Examples:
  signalbox eval --test training-data/held-out.jsonl --min-accuracy 0.8
  signalbox eval --test held-out.jsonl --pairs paraphrases.jsonl --flips --html report.html
  signalbox eval --train clinc.train.jsonl --test clinc.dev.jsonl --none clinc.oos-dev.jsonl
  signalbox eval --test held-out.jsonl --by style --by length
  signalbox eval --leave-out style
  signalbox eval --test held-out.jsonl --compare 11 12
  signalbox eval --compare before.jsonl after.jsonl

Rows are {"text", "label"} (or "route") as JSONL, CSV, JSON or YAML; the label none or oos says that no route fits.
Rows may say more: "also" (routes that are right as well), "style", "language", "source", each a text or a list of texts.
Embeddings are cached; --pairs, --none and --flips embed further texts the first time.`

/** Declares the options on `command`. */
export const withEvalOptions = (command: Command): Command =>
  command
    .description(
      'Measure the routing on labelled prompts; changes neither index nor training data.',
    )
    .optionsGroup('What is measured:')
    .option('--test <file>', 'labelled rows: accuracy, calibration, risk and coverage, confusions')
    .option('--none <file>', 'rows that no route fits, a set by name; repeatable', collect)
    .option('--pairs <file>', 'rows {"a", "b", "route"?}: do paraphrases keep their route?')
    .option('--flips [prompts]', 'rewrite this many test prompts (default 200)', toCount)
    .option(
      '--conformal [risk]',
      'does the rule keep the wrong-route rate on split halves?',
      toOpenShare,
    )
    .option('--audit', 'look at the training rows: doubtful labels, twins across routes')
    .option('--by <what>', `figures by ${GROUPINGS.join(', ')}; repeatable`, toGroupings)
    .optionsGroup('What is evaluated (default: the served generation):')
    .addOption(
      new Option(
        '--leave-out <what>',
        'the exemplars (or --train), asked about by routers fitted without their kind',
      ).choices(LEFT_OUT),
    )
    .option('--train <file>', 'a router fitted on these rows, in memory; repeatable', collect)
    .option('--shots <n>', 'with --train: this many rows of each label, drawn at random', toCount)
    .option('--seed <n>', 'with --shots: of the draw (default 1)', toCount)
    .option('--descriptions <file>', 'with --train: rows that say what each label means')
    .option('--train-none <file>', 'with --train: its negative exemplars; repeatable', collect)
    .option(
      '--compare <ab...>',
      'two of: generation number, predictions (.jsonl), settings (.yaml, .json)',
    )
    .optionsGroup('Output:')
    .option('--json', 'one JSON object on stdout')
    .option('--html <file>', 'write a self-contained report with pictures; implies --audit')
    .option('--predictions <file>', 'write one JSON line per test row')
    .option('--min-accuracy <share>', 'exit 1 below this accuracy, 0 to 1', toShare)
    .addHelpText('after', EXAMPLES)

const isPredictions = (spec: string): boolean => spec.endsWith('.jsonl')

const isSettings = (spec: string): boolean => /\.(ya?ml|json)$/.test(spec)

const EVALUATION_ONLY = [
  'none',
  'pairs',
  'flips',
  'conformal',
  'audit',
  'by',
  'predictions',
  'minAccuracy',
] as const

const TRAINING_ONLY = ['trainNone', 'shots', 'descriptions'] as const

const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The rows that are left out are the test. */
const leaveOutProblem = (options: EvalOptions): string | null => {
  const needless = ['test', 'compare', 'none', 'pairs', 'flips', 'audit', 'conformal'] as const
  const found = needless.find((name) => options[name] !== undefined)
  return found ? `${flagOf(found)} does not go with --leave-out` : null
}

/** What is wrong with the options together, or null. */
export const optionsProblem = (options: EvalOptions): string | null => {
  const { compare, test, train } = options
  const orphan = TRAINING_ONLY.find((name) => options[name] !== undefined)
  if (orphan && train === undefined) return `${flagOf(orphan)} belongs to --train`
  if (options.seed !== undefined && options.shots === undefined) return '--seed belongs to --shots'
  if (compare && compare.length !== 2) return `--compare takes two, not ${compare.length}`
  if (options.leaveOut !== undefined) return leaveOutProblem(options)
  const isFromFiles = compare?.every(isPredictions) ?? false
  if (test === undefined && !isFromFiles) return "required option '--test <file>' not specified"
  if (!compare) return null
  if (train !== undefined && !compare.some(isSettings)) {
    return 'with --compare, --train is for settings files (.yaml, .json)'
  }
  const unusable: string[] = EVALUATION_ONLY.filter((name) => options[name] !== undefined)
  if (unusable.length === 0) return null
  return `${flagOf(unusable[0] as string)} does not go with --compare`
}

// The command line as a whole: every subcommand, their common options, and the output of help, wrong usage and failures.
import { Command, CommanderError } from 'commander'
import { programVersion } from '../src/config/program-version.ts'
import { RouterError } from '../src/errors.ts'
import { failureText } from '../src/service/failure-text.ts'
import { note, printJson, printLines } from './terminal/output.ts'

type Registration = () => Promise<(program: Command) => void>

/** By heading and name, in the order of --help. Only the one that is run is loaded, which halves the time of a small command. */
const GROUPS: Record<string, Record<string, Registration>> = {
  'Run it:': {
    init: async () => (await import('./commands/init.ts')).registerInit,
    serve: async () => (await import('./commands/serve.ts')).registerServe,
    doctor: async () => (await import('./commands/doctor.ts')).registerDoctor,
    completion: async () => {
      const { registerCompletion } = await import('./commands/completion.ts')
      return (program) => registerCompletion(program, () => createProgram())
    },
    'build-model': async () => (await import('./commands/build-model.ts')).registerBuildModel,
  },
  'Ask and teach:': {
    route: async () => (await import('./commands/route.ts')).registerRoute,
    explain: async () => (await import('./commands/explain.ts')).registerExplain,
    routes: async () => (await import('./commands/routes.ts')).registerRoutes,
    add: async () => (await import('./commands/add.ts')).registerAdd,
    import: async () => (await import('./commands/import.ts')).registerImport,
    lint: async () => (await import('./commands/lint.ts')).registerLint,
    feedback: async () => (await import('./commands/feedback.ts')).registerFeedback,
    review: async () => (await import('./commands/review.ts')).registerReview,
    exemplars: async () => (await import('./commands/exemplars.ts')).registerExemplars,
    forget: async () => (await import('./commands/forget.ts')).registerForget,
  },
  'Learn and check:': {
    rebuild: async () => (await import('./commands/rebuild.ts')).registerRebuild,
    generations: async () => (await import('./commands/generations.ts')).registerGenerations,
    rollback: async () => (await import('./commands/rollback.ts')).registerRollback,
    arms: async () => (await import('./commands/arms.ts')).registerArms,
    replay: async () => (await import('./commands/replay.ts')).registerReplay,
    eval: async () => (await import('./commands/eval.ts')).registerEval,
    outcomes: async () => (await import('./commands/outcomes.ts')).registerOutcomes,
    tune: async () => (await import('./commands/tune.ts')).registerTune,
  },
  'Watch it:': {
    stats: async () => (await import('./commands/stats.ts')).registerStats,
    logs: async () => (await import('./commands/logs.ts')).registerLogs,
    report: async () => (await import('./commands/report.ts')).registerReport,
    errors: async () => (await import('./commands/errors.ts')).registerErrors,
    alerts: async () => (await import('./commands/alerts.ts')).registerAlerts,
  },
  'Configure it:': {
    config: async () => (await import('./commands/config.ts')).registerConfig,
    models: async () => (await import('./commands/models.ts')).registerModels,
    keys: async () => (await import('./commands/keys.ts')).registerKeys,
  },
}

/** `--config` and `--data` are the environment's variables under another name, and win over them. */
const setPlace = ({ config, data }: { config?: string; data?: string }): void => {
  if (config !== undefined) process.env.SIGNALBOX_CONFIG = config
  if (data !== undefined) process.env.SIGNALBOX_DATA = data
}

/**
 * Parsing it throws commander's `CommanderError` for help and for wrong usage, and whatever the command throws.
 * @param options.only the command that is run; all of them by default
 */
export const createProgram = async ({ isJson = false, only = '' } = {}): Promise<Command> => {
  const program = new Command('signalbox')
    .description(
      'A self-hosted LLM router that learns from your feedback and can prove every decision.',
    )
    .version(programVersion(), '-V, --version')
    .option('--config <file>', 'configuration; default: SIGNALBOX_CONFIG, or ./signalbox.yaml')
    .option('--data <folder>', 'data folder; default: SIGNALBOX_DATA, or ./data')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for usage)')
    .configureOutput({
      writeOut: (text) => printLines(text.trimEnd().split('\n')),
      writeErr: (text) => isJson || note(text.trimEnd()),
      outputError: (text, write) => write(text),
    })
    .exitOverride()
    .hook('preAction', () => setPlace(program.opts()))
  const isOne = Object.values(GROUPS).some((commands) => Object.hasOwn(commands, only))
  for (const [heading, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading)
    for (const [name, load] of Object.entries(commands)) {
      if (!isOne || name === only) (await load())(program)
    }
  }
  return program
}

const USAGE_EXIT_CODE = 2

/** A failure as people read it, or as one JSON object where that is what was asked for. */
const printFailure = (error: unknown, isJson: boolean): void => {
  const message = failureText(error)
  if (!isJson) {
    note(`error: ${message}`)
    return
  }
  const known = error instanceof RouterError ? error : null
  printJson({ error: { code: known?.code ?? 'internal', message, param: known?.param ?? null } })
}

/**
 * Runs what the arguments say, and sets the exit code: 1 where it failed, 2 for wrong usage. Under --json a failure is
 * `{"error":{"code","message","param"}}` on stdout.
 */
export const runProgram = async (args: string[]): Promise<void> => {
  const end = args.indexOf('--')
  const isJson = args.slice(0, end < 0 ? undefined : end).includes('--json')
  try {
    const program = await createProgram({ isJson, ...(args[0] && { only: args[0] }) })
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return
      process.exitCode = USAGE_EXIT_CODE
      const message = error.message.replace(/^error: /, '')
      // Commander has printed it already, with a hint at the help.
      if (isJson) printFailure(new RouterError('invalid_request', message), isJson)
      return
    }
    process.exitCode = 1
    printFailure(error, isJson)
  }
}

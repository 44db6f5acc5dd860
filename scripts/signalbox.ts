#!/usr/bin/env node
// The `signalbox` command: one file a subcommand in this folder.
import { Command } from 'commander'
import { RouterError } from '../src/errors.ts'
import { note } from './terminal/output.ts'

/** By name, in the order of --help. Only the one that is run is loaded, which halves the time of a small command. */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  serve: async () => (await import('./commands/serve.ts')).registerServe,
  route: async () => (await import('./commands/route.ts')).registerRoute,
  add: async () => (await import('./commands/add.ts')).registerAdd,
  import: async () => (await import('./commands/import.ts')).registerImport,
  rebuild: async () => (await import('./commands/rebuild.ts')).registerRebuild,
  rollback: async () => (await import('./commands/rollback.ts')).registerRollback,
  generations: async () => (await import('./commands/generations.ts')).registerGenerations,
  replay: async () => (await import('./commands/replay.ts')).registerReplay,
  review: async () => (await import('./commands/review.ts')).registerReview,
  arms: async () => (await import('./commands/arms.ts')).registerArms,
  feedback: async () => (await import('./commands/feedback.ts')).registerFeedback,
  exemplars: async () => (await import('./commands/exemplars.ts')).registerExemplars,
  forget: async () => (await import('./commands/forget.ts')).registerForget,
  eval: async () => (await import('./commands/eval.ts')).registerEval,
  explain: async () => (await import('./commands/explain.ts')).registerExplain,
  lint: async () => (await import('./commands/lint.ts')).registerLint,
  keys: async () => (await import('./commands/keys.ts')).registerKeys,
  config: async () => (await import('./commands/config.ts')).registerConfig,
  'build-model': async () => (await import('./commands/build-model.ts')).registerBuildModel,
}

const program = new Command('signalbox')
  .description(
    'A self-hosted LLM router that learns from your feedback and can prove every decision.',
  )
  .showHelpAfterError('(add --help for usage)')
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2)
  })

const name = process.argv[2] ?? ''
for (const load of Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS)) {
  ;(await load?.())?.(program)
}

try {
  await program.parseAsync()
} catch (error) {
  const message =
    error instanceof RouterError || error instanceof Error ? error.message : String(error)
  note(`error: ${message}`)
  process.exitCode = 1
}

#!/usr/bin/env node
// The `signalbox` command: one file a subcommand in this folder.
import { Command } from 'commander'
import { RouterError } from '../src/errors.ts'
import { registerAdd } from './commands/add.ts'
import { registerArms } from './commands/arms.ts'
import { registerBuildModel } from './commands/build-model.ts'
import { registerConfig } from './commands/config.ts'
import { registerEval } from './commands/eval.ts'
import { registerExemplars } from './commands/exemplars.ts'
import { registerExplain } from './commands/explain.ts'
import { registerFeedback } from './commands/feedback.ts'
import { registerForget } from './commands/forget.ts'
import { registerGenerations } from './commands/generations.ts'
import { registerImport } from './commands/import.ts'
import { registerKeys } from './commands/keys.ts'
import { registerLint } from './commands/lint.ts'
import { registerRebuild } from './commands/rebuild.ts'
import { registerReplay } from './commands/replay.ts'
import { registerReview } from './commands/review.ts'
import { registerRollback } from './commands/rollback.ts'
import { registerRoute } from './commands/route.ts'
import { registerServe } from './commands/serve.ts'

const program = new Command('signalbox')
  .description(
    'A self-hosted LLM router that learns from your feedback and can prove every decision.',
  )
  .showHelpAfterError('(add --help for usage)')
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2)
  })

for (const register of [
  registerServe,
  registerRoute,
  registerAdd,
  registerImport,
  registerRebuild,
  registerRollback,
  registerGenerations,
  registerReplay,
  registerReview,
  registerArms,
  registerFeedback,
  registerExemplars,
  registerForget,
  registerEval,
  registerExplain,
  registerLint,
  registerKeys,
  registerConfig,
  registerBuildModel,
]) {
  register(program)
}

try {
  await program.parseAsync()
} catch (error) {
  const message =
    error instanceof RouterError || error instanceof Error ? error.message : String(error)
  process.stderr.write(`error: ${message}\n`)
  process.exitCode = 1
}

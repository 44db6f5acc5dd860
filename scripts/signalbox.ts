#!/usr/bin/env node
// The `signalbox` command: one file a subcommand in this folder.
import { Command } from 'commander'
import { RouterError } from '../src/errors.ts'
import { registerAdd } from './add.ts'
import { registerArms } from './arms.ts'
import { registerBuildModel } from './build-model.ts'
import { registerConfig } from './config.ts'
import { registerEval } from './eval.ts'
import { registerExemplars } from './exemplars.ts'
import { registerExplain } from './explain.ts'
import { registerFeedback } from './feedback.ts'
import { registerForget } from './forget.ts'
import { registerGenerations } from './generations.ts'
import { registerImport } from './import.ts'
import { registerKeys } from './keys.ts'
import { registerLint } from './lint.ts'
import { registerRebuild } from './rebuild.ts'
import { registerReplay } from './replay.ts'
import { registerReview } from './review.ts'
import { registerRollback } from './rollback.ts'
import { registerRoute } from './route.ts'
import { registerServe } from './serve.ts'

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

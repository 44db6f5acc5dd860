// Makes sure that the chosen model is there before an encoder starts: builds the built-in one, refuses any other.
// Building (2–4 s of number crunching) runs in a child process, so that a server that is up stays responsive.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from '../config/project-root.ts'
import type { Logger } from '../core/logger.ts'
import { RouterError } from '../errors.ts'
import {
  type ModelChoice,
  type ModelFiles,
  mendCommand,
  type Precision,
  verifyModelFiles,
} from './model-files.ts'

/** Runs the compiled build script; its progress lines go to the log. */
const runBuild = (precision: Precision, logger: Logger): Promise<void> => {
  const script = join(projectRoot(), 'dist/scripts/commands/build-model.js')
  const fail = (problem: string) =>
    new RouterError('model_files_invalid', `The embedding model was not built: ${problem}`, {
      details: { command: mendCommand(precision) },
    })
  if (!existsSync(script)) return Promise.reject(fail(`${script} is missing. Run: npm run build`))
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, '--precision', precision, '--force'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let lastLine = ''
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLine = line
      logger.info({ precision }, line)
    })
    child.once('error', (error) => reject(fail(error.message)))
    child.once('close', (code) => (code === 0 ? resolve() : reject(fail(lastLine))))
  })
}

/**
 * The verified files of the chosen model; a built-in model that is missing or damaged is built first.
 * @throws RouterError `model_files_invalid` for any other model, or when the build fails.
 */
export const ensureModel = async (choice: ModelChoice, logger: Logger): Promise<ModelFiles> => {
  try {
    return await verifyModelFiles(choice)
  } catch (error) {
    if (!(error instanceof RouterError) || error.details.isBuiltIn !== true) throw error
    logger.warn({ model: choice.model, precision: choice.precision }, error.message)
    await runBuild(choice.precision, logger)
    return verifyModelFiles(choice)
  }
}

// Ensures that the chosen model exists before an encoder starts: builds the built-in one if necessary, and refuses any other that is
// missing. Building (2–4 s of CPU) runs in a child process, into the program's folder or, where that is read-only, beside the data.

import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from '../config/project-root.ts'
import type { Logger } from '../core/logger.ts'
import { RouterError } from '../errors.ts'
import {
  dataModelsFolder,
  type ModelChoice,
  type ModelFiles,
  modelsFolder,
  repairCommand,
  verifyModelFiles,
} from './model-files.ts'

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Where a built-in model is built. */
export const buildFolder = (
  model: string,
  models: string = modelsFolder(),
  dataModels: string = dataModelsFolder(),
): string => {
  const inProgram = join(models, model)
  const isOurs = isWritable(models) && (!existsSync(inProgram) || isWritable(inProgram))
  return isOurs ? inProgram : join(dataModels, model)
}

/** Runs the compiled build script; its progress lines go to the log. */
const runBuild = ({ model, precision }: ModelChoice, logger: Logger): Promise<void> => {
  const script = join(projectRoot(), 'dist/scripts/commands/build-model.js')
  const fail = (problem: string) =>
    new RouterError('model_files_invalid', `The embedding model was not built: ${problem}`, {
      details: { command: repairCommand(precision) },
    })
  if (!existsSync(script)) return Promise.reject(fail(`${script} is missing. Run: npm run build`))
  return new Promise((resolve, reject) => {
    const args = [script, '--precision', precision, '--force', '--out', buildFolder(model)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
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
    const { model, precision } = choice
    const isMissing = error.details.found === null
    if (isMissing) logger.info({ model, precision }, 'the embedding model is built first')
    else logger.warn({ model, precision }, error.message)
    await runBuild(choice, logger)
    return verifyModelFiles(choice)
  }
}

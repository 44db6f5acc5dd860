// Finds and verifies the files of an encoder model before they are loaded. A model in models/lock.json must match it byte for byte;
// other folders are only hashed, and identified by the hash.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { basename, isAbsolute, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { EncoderConfig } from '../config/config-schema.ts'
import { projectRoot } from '../config/project-root.ts'
import { RouterError } from '../errors.ts'

/**
 * Incremented when the same graph gives different rows (fold of the side features, pooling of windows). Part of the encoder id, so
 * that caches and generations do not mix them. 1 had no side features.
 */
const ROW_VERSION = 2

export type Precision = EncoderConfig['precision']
export type ModelChoice = Pick<EncoderConfig, 'model' | 'precision' | 'pooling'>

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const filesSchema = z.record(z.string(), sha256)

const lockSchema = z.strictObject({
  models: z.record(
    z.string(),
    z.strictObject({
      source: z.strictObject({ package: z.string(), version: z.string(), files: filesSchema }),
      files: filesSchema,
    }),
  ),
})

/** sha256 of each built-in model's source and of each file that is built from it. */
export type ModelLock = z.infer<typeof lockSchema>

export interface ModelFiles {
  name: string
  folder: string
  /** File names relative to `folder`: configuration, tokenizer and the graph of the chosen precision. */
  files: string[]
  /** `NAME/precision/pooling@` and eight hex digits of the hash over all files and the row version. */
  encoderId: string
  isLocked: boolean
}

export const modelsFolder = (): string => join(projectRoot(), 'models')

/** Folder of the shipped exemplars' vectors, written by the install. */
export const shippedVectorsFolder = (): string => join(modelsFolder(), 'vectors')

/** @throws Error when models/lock.json is missing or malformed (it is part of the program). */
export const readModelLock = (path: string = join(modelsFolder(), 'lock.json')): ModelLock =>
  lockSchema.parse(JSON.parse(readFileSync(path, 'utf8')))

/** Path of a precision's graph in a transformers.js model folder. */
export const graphFile = (precision: Precision): string =>
  precision === 'fp32' ? 'onnx/model.onnx' : 'onnx/model_quantized.onnx'

export const requiredFiles = (precision: Precision): string[] => [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  graphFile(precision),
]

/**
 * Folder of a built-in model where the program's folder is read-only: beside the data. Derived from environment and working folder,
 * which encoder processes and rebuilds share.
 */
export const dataModelsFolder = (): string =>
  join(resolve(process.env.SIGNALBOX_DATA || 'data'), 'models')

/** The folder of a model: an absolute or ./relative path, else its name under `models/`, else a path from here. */
export const modelFolder = (model: string, models: string = modelsFolder()): string => {
  if (isAbsolute(model) || /^\.{1,2}([\\/]|$)/.test(model)) return resolve(model)
  const named = join(models, model)
  return model.includes(sep) && !existsSync(named) && existsSync(model) ? resolve(model) : named
}

/** Hex sha256 of a file, read as a stream. */
export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** The command that rebuilds a locked model. */
export const repairCommand = (precision: Precision): string =>
  `node ${join(projectRoot(), 'dist/scripts/commands/build-model.js')} --precision ${precision} --force`

const invalid = (file: string, problem: string, repair: string, details: object): RouterError =>
  new RouterError('model_files_invalid', `Encoder model file ${file} ${problem}. ${repair}`, {
    details: { file, ...details },
  })

type Expected = Record<string, string> | undefined

/** @throws RouterError `model_files_invalid` */
const hashFiles = async (folder: string, precision: Precision, expected: Expected) => {
  const isBuiltIn = expected !== undefined
  const repair = isBuiltIn
    ? `Repair it with: ${repairCommand(precision)}`
    : 'Put a transformers.js feature-extraction model there, or set encoder.model to another.'
  const digest = createHash('sha256').update(`row ${ROW_VERSION}\n`)
  for (const name of requiredFiles(precision)) {
    const path = join(folder, name)
    if (!existsSync(path)) throw invalid(path, 'is missing', repair, { isBuiltIn, found: null })
    const found = await hashFile(path)
    const wanted = expected?.[name]
    if (expected && found !== wanted) {
      const problem = `has sha256 ${found} where models/lock.json expects ${wanted ?? 'no such file'}`
      throw invalid(path, problem, repair, { isBuiltIn, expected: wanted ?? null, found })
    }
    digest.update(`${name}\0${found}\n`)
  }
  return digest.digest('hex').slice(0, 8)
}

/**
 * Checks all files of the chosen model and precision, and derives the encoder id. A built-in model is also searched beside the data
 * (`dataModelsFolder`).
 * @throws RouterError `model_files_invalid` naming the file, what was expected and found, and the remedy
 */
export const verifyModelFiles = async (
  choice: ModelChoice,
  models: string = modelsFolder(),
  dataModels: string = dataModelsFolder(),
): Promise<ModelFiles> => {
  const { precision, pooling } = choice
  const inProgram = modelFolder(choice.model, models)
  const isNamed = inProgram === join(models, choice.model)
  const lock = isNamed ? readModelLock(join(models, 'lock.json')) : undefined
  const expected = lock?.models[choice.model]?.files
  const verify = async (folder: string): Promise<ModelFiles> => {
    const hash = await hashFiles(folder, precision, expected)
    const name = basename(folder)
    const encoderId = `${name}/${precision}/${pooling}@${hash}`
    return {
      name,
      folder,
      files: requiredFiles(precision),
      encoderId,
      isLocked: expected !== undefined,
    }
  }
  try {
    return await verify(inProgram)
  } catch (error) {
    if (expected === undefined) throw error
    // The error is about the first folder.
    return verify(join(dataModels, choice.model)).catch(() => Promise.reject(error))
  }
}

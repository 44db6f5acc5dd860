// Lays out a model folder as transformers.js reads it: configuration and tokenizer beside onnx/.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { modelsFolder } from '../../src/encoder/model-files.ts'
import { SOURCE_FILES } from './source-package.ts'
import { tokenizerConfigText } from './tokenizer-config.ts'

/** The committed constants of a model's int8 graph. */
export const calibrationPath = (model: string): string =>
  join(modelsFolder(), 'calibration', `${model}.json`)

/** Writes the configuration files and the given graphs (by file name) into `folder`. */
export const writeModelFolder = (
  folder: string,
  sourceFolder: string,
  graphs: Record<string, Uint8Array>,
): void => {
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  copyFileSync(join(sourceFolder, SOURCE_FILES.config), join(folder, 'config.json'))
  copyFileSync(join(sourceFolder, SOURCE_FILES.tokenizer), join(folder, 'tokenizer.json'))
  writeFileSync(join(folder, 'tokenizer_config.json'), tokenizerConfigText())
  for (const [name, bytes] of Object.entries(graphs)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
}

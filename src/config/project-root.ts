// The folder of the installed program, with models/, training-data/ and package.json.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The nearest folder above `from` with a package.json: the same for src/ and the compiled dist/src/. */
export const projectRoot = (from: string = dirname(fileURLToPath(import.meta.url))): string => {
  if (existsSync(join(from, 'package.json'))) return from
  const parent = dirname(from)
  if (parent === from) throw new Error('No package.json above the program.')
  return projectRoot(parent)
}

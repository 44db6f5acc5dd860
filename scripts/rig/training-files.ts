// A training folder of given files or exemplars.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Files by name; a list is written as JSON Lines. @returns `dir`, which is made */
export const writeTraining = async (
  dir: string,
  files: Record<string, string | readonly object[]>,
): Promise<string> => {
  await mkdir(dir, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const text =
      typeof content === 'string'
        ? content
        : content.map((row) => `${JSON.stringify(row)}\n`).join('')
    await writeFile(join(dir, name), text)
  }
  return dir
}

/** A file for each route. @returns `dir`, which is made */
export const writeExemplars = (
  dir: string,
  routes: Record<string, readonly string[]>,
): Promise<string> => {
  const files = Object.entries(routes).map(([route, texts]) => [
    `${route}.jsonl`,
    texts.map((text) => ({ text, route })),
  ])
  return writeTraining(dir, Object.fromEntries(files))
}

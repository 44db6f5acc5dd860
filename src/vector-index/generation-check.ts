// Verifies a generation on disk: the manifest by its own sha256, every other file by the sha256 in the manifest. Only the manifest is
// parsed here.
import { join } from 'node:path'
import { z } from 'zod'
import { RouterError } from '../errors.ts'
import { type FileFacts, readVerified } from './durable.ts'
import {
  CLASSIFIER,
  CODES,
  EXEMPLARS,
  generationFolder,
  generationName,
  HNSW,
  MANIFEST,
  MANIFEST_SUM,
  OUTCOMES,
  VECTORS,
} from './generation-name.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

/** The error of this folder's readers: which generation, and its problem. */
export const invalidGeneration = (number: number, problem: string, cause?: unknown): RouterError =>
  new RouterError('index_invalid', `Index generation ${generationName(number)}: ${problem}.`, {
    cause,
    details: { generation: number },
  })

/** One line without file content: messages of JSON.parse quote the text, which may be a prompt. */
export const problemOf = (error: unknown): string => {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'has another form'}`
  }
  if (error instanceof SyntaxError) return 'it holds JSON that cannot be parsed'
  return error instanceof Error ? error.message.replace(/\.$/, '') : 'an unknown error happened'
}

/** Wraps any failure in `index_invalid` with the generation's name. */
export const inGeneration = async <T>(number: number, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RouterError && error.details.generation === number) throw error
    throw invalidGeneration(number, problemOf(error), error)
  }
}

/** Size and sha256 of `file` by the manifest. */
export const factsOf = (manifest: Manifest, file: string): FileFacts => {
  const facts = manifest.files[file]
  if (facts === undefined)
    throw invalidGeneration(manifest.generation, `its manifest lists no ${file}`)
  return facts
}

/**
 * Reads and verifies the manifest of generation `number`.
 * @throws RouterError `index_invalid`
 */
export const readManifest = (dir: string, number: number): Promise<Manifest> =>
  inGeneration(number, async () => {
    const folder = generationFolder(dir, number)
    const { bytes, facts } = await readVerified(join(folder, MANIFEST), MANIFEST, null)
    const sum = await readVerified(join(folder, MANIFEST_SUM), MANIFEST_SUM, null)
    if (sum.bytes.toString() !== `${facts.sha256}  ${MANIFEST}\n`) {
      throw invalidGeneration(number, `${MANIFEST} does not match ${MANIFEST_SUM}`)
    }
    const manifest = manifestSchema.parse(JSON.parse(bytes.toString()))
    if (manifest.generation === number) return manifest
    throw invalidGeneration(
      number,
      `its manifest is that of ${generationName(manifest.generation)}`,
    )
  })

/**
 * Checks the manifest, and every file that it lists by size and sha256; nothing is interpreted.
 * @throws RouterError `index_invalid` that names the first file that differs.
 */
export const verifyGeneration = (dir: string, number: number): Promise<Manifest> =>
  inGeneration(number, async () => {
    const manifest = await readManifest(dir, number)
    const others = [CODES, OUTCOMES].filter((file) => manifest.files[file])
    for (const file of [EXEMPLARS, VECTORS, HNSW, CLASSIFIER, ...others]) {
      await readVerified(join(generationFolder(dir, number), file), file, factsOf(manifest, file))
    }
    return manifest
  })

// Writes a draft as a generation: all files into a temporary folder, synced and read back, the manifest last, then one rename. A
// crash or a full disk at any point leaves the previous generations unchanged.
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { packOutcomes } from '../core/outcomes/outcomes-file.ts'
import { RouterError } from '../errors.ts'
import { packCodes } from './codes-file.ts'
import {
  type FileFacts,
  FOLDER_MODE,
  readVerified,
  sha256,
  syncFolder,
  writeDurably,
} from './durable.ts'
import { type ChosenCodes, chooseCodes } from './generation-codes.ts'
import {
  assertDraft,
  countRoutes,
  exemplarDigest,
  type GenerationDraft,
} from './generation-draft.ts'
import { chooseSearch, type GraphWork, type SearchChoice, writeGraph } from './generation-graph.ts'
import {
  CLASSIFIER,
  CODES,
  CURRENT,
  EXEMPLARS,
  generationFolder,
  generationNumber,
  HNSW,
  MANIFEST,
  MANIFEST_SUM,
  OUTCOMES,
  REPORTS,
  reportNumber,
  temporaryPath,
  UNSEEN,
  VECTORS,
} from './generation-name.ts'
import { unitRows } from './guard.ts'
import { type Manifest, manifestSchema } from './manifest.ts'
import { packUnseen } from './unseen.ts'

type ManifestDraft = Omit<Manifest, 'generation'>

const bytesOf = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength)

/** Writes a file and verifies it by reading it back. */
const writeChecked = async (folder: string, file: string, bytes: Buffer): Promise<FileFacts> => {
  const expected = { sha256: sha256(bytes), bytes: bytes.length }
  await writeDurably(join(folder, file), bytes)
  await readVerified(join(folder, file), file, expected)
  return expected
}

/** Exemplars that codes serve get no graph. */
const graphWork = (work: GraphWork, codes: ChosenCodes | null): GraphWork =>
  codes ? { ...work, draft: { ...work.draft, hnswMinimum: Number.POSITIVE_INFINITY } } : work

const writeFiles = async (
  work: GraphWork,
  codes: ChosenCodes | null,
  onProgress?: (done: number, total: number) => void,
): Promise<Record<string, FileFacts>> => {
  const { folder, draft, vectors } = work
  const lines = draft.exemplars.map(
    ({ id, text, route, source }) => `${JSON.stringify({ id, text, route, source })}\n`,
  )
  const arrays = Buffer.concat(Object.values(draft.classifier.arrays).map(bytesOf))
  const artefact = draft.outcomes?.artefact
  return {
    [EXEMPLARS]: await writeChecked(folder, EXEMPLARS, Buffer.from(lines.join(''))),
    [VECTORS]: await writeChecked(folder, VECTORS, bytesOf(vectors)),
    [CLASSIFIER]: await writeChecked(folder, CLASSIFIER, arrays),
    [HNSW]: await writeGraph(graphWork(work, codes), onProgress),
    ...(codes && { [CODES]: await writeChecked(folder, CODES, packCodes(codes)) }),
    ...(draft.unseen && {
      [UNSEEN]: await writeChecked(
        folder,
        UNSEEN,
        bytesOf(packUnseen(draft.unseen, draft.exemplars.length)),
      ),
    }),
    ...(artefact && {
      [OUTCOMES]: await writeChecked(folder, OUTCOMES, Buffer.from(packOutcomes(artefact))),
    }),
  }
}

const describe = (
  draft: GenerationDraft,
  files: Record<string, FileFacts>,
  choice: SearchChoice,
): ManifestDraft => {
  const { arrays, version, routes, parameters, thresholds } = draft.classifier
  const lengths = Object.entries(arrays).map(([name, { length }]) => ({ name, length }))
  return {
    format: 2,
    parentGeneration: draft.parentGeneration,
    createdAtMs: draft.createdAtMs,
    encoderId: draft.encoderId,
    dimensions: draft.dimensions,
    searchDimensions: draft.searchDimensions,
    exemplarCount: draft.exemplars.length,
    exemplarDigest: exemplarDigest(draft.exemplars),
    routes: countRoutes(draft.exemplars),
    feedbackExemplars: draft.feedbackExemplars,
    seed: draft.seed,
    hnsw: { ...draft.hnsw, efSearch: choice.efSearch },
    recallAt10: choice.recallAt10,
    search: choice.search,
    classifier: { version, routes, parameters, thresholds, arrays: lengths },
    fit: draft.fit ?? null,
    heldOut: draft.heldOut,
    ...(draft.outcomes && { outcomes: draft.outcomes.report }),
    files,
  }
}

const recallOf = (codes: ChosenCodes | null) => codes && { recallAt10: codes.recallAt10 }

const orMissing =
  <T>(fallback: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return fallback
    throw error
  }

/**
 * One above the highest number ever used here, including removed generations that the pointer or a report names: past decisions and
 * the history refer to generations by number.
 */
const nextNumber = async (dir: string): Promise<number> => {
  const pointed = await readFile(join(dir, CURRENT), 'utf8').catch(orMissing(''))
  const reports = await readdir(join(dir, REPORTS)).catch(orMissing<string[]>([]))
  const names = [pointed.trim(), ...(await readdir(dir))]
  return (
    Math.max(
      0,
      ...names.map((name) => generationNumber(name) ?? 0),
      ...reports.map((name) => reportNumber(name) ?? 0),
    ) + 1
  )
}

/** The manifest goes last: a folder without a sound one is not a generation. */
const writeManifest = async (folder: string, draft: ManifestDraft, generation: number) => {
  // Parsed back from JSON, where NaN becomes null, so that the schema refuses it here rather than at the next start.
  const json = JSON.stringify({ ...draft, generation }, null, 2)
  const manifest = manifestSchema.parse(JSON.parse(json))
  await rm(join(folder, MANIFEST), { force: true })
  await rm(join(folder, MANIFEST_SUM), { force: true })
  await writeDurably(join(folder, MANIFEST_SUM), `${sha256(json)}  ${MANIFEST}\n`)
  await writeChecked(folder, MANIFEST, Buffer.from(json))
  await syncFolder(folder)
  return manifest
}

/** Renames the folder to the next free number. Where another writer has taken it the rename fails, and the next is tried. */
const publish = async (dir: string, folder: string, draft: ManifestDraft): Promise<Manifest> => {
  for (;;) {
    const number = await nextNumber(dir)
    const manifest = await writeManifest(folder, draft, number)
    try {
      await rename(folder, generationFolder(dir, number))
      await syncFolder(dir)
      return manifest
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    }
  }
}

const asWriteError = (error: unknown): RouterError => {
  if (error instanceof RouterError) return error
  const errno = (error as NodeJS.ErrnoException).code ?? null
  return new RouterError(
    'internal',
    `An index generation could not be written (${errno ?? 'see the cause'}); the previous ones are untouched.`,
    { cause: error, details: { errno }, isRetryable: true },
  )
}

/**
 * Makes codes or else a graph, measures the recall@10, chooses the search, and writes everything as the next generation of
 * `dir` (created where missing), which it does NOT make current: see `setCurrent`. Blocks the thread for seconds
 * (10,000 × 384: 5 s of CPU for the graph, and 300 searches of both kinds at 6.5 ms for each recall measurement, of which
 * there are up to three), so call it in a build process, never in the server.
 * `onProgress` gets the number of vectors in the graph and the total.
 * @throws RouterError `invalid_vector` (with the row), `index_invalid` where counts disagree or the disk gave back other
 *   bytes than were written, `internal` (retryable) with the errno where the file system refused.
 */
export const writeGeneration = async (
  dir: string,
  draft: GenerationDraft,
  onProgress?: (done: number, total: number) => void,
): Promise<Manifest> => {
  assertDraft(draft)
  const folder = temporaryPath(dir, 'build')
  try {
    await mkdir(dir, { recursive: true, mode: FOLDER_MODE })
    await mkdir(folder, { mode: FOLDER_MODE })
    const work = { folder, draft, vectors: unitRows(draft.vectors, draft) }
    const codes = chooseCodes(work)
    const files = await writeFiles(work, codes, onProgress)
    const choice = await chooseSearch(graphWork(work, codes))
    return await publish(dir, folder, describe(draft, files, { ...choice, ...recallOf(codes) }))
  } catch (error) {
    // Best effort: what cannot be removed now is an orphan, which the next start sweeps.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
    throw asWriteError(error)
  }
}

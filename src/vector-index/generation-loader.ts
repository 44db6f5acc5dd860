// Loads a generation from disk, verifying every hash. Works in slices, because it runs in the serving process beside live prompts.

import { join } from 'node:path'
import { z } from 'zod'
import type { ClassifierModel } from '../core/classifier/classifier.ts'
import { CLASSIFIER_VERSION } from '../core/classifier/classifier.ts'
import { openOutcomes } from '../core/outcomes/outcomes-file.ts'
import type { Exemplar } from '../core/types.ts'
import { createCodedIndex } from './coded.ts'
import { openCodes } from './codes-file.ts'
import { type FileFacts, readVerified } from './durable.ts'
import { createExactIndex } from './exact.ts'
import type { Generation } from './generation.ts'
import {
  factsOf,
  inGeneration,
  invalidGeneration as invalid,
  problemOf,
  readManifest,
} from './generation-check.ts'
import {
  CLASSIFIER,
  CODES,
  EXEMPLARS,
  generationFolder,
  HNSW,
  OUTCOMES,
  VECTORS,
} from './generation-name.ts'
import { assertRow } from './guard.ts'
import { openHnsw } from './hnsw.ts'
import { assertHnswFile } from './hnsw-layout.ts'
import type { Manifest } from './manifest.ts'
import { createPacer } from './pace.ts'
import type { VectorIndex } from './vector-index.ts'

/** Identity of the server's encoder; generations by another are refused, since similarities would be meaningless. */
export interface EncoderFit {
  encoderId: string
  /** Absent where only the id is known. */
  dimensions?: number
}

const exemplarSchema = z.strictObject({
  id: z.string(),
  text: z.string(),
  route: z.string(),
  source: z.enum(['seed', 'import', 'feedback']),
})

const assertFit = (manifest: Manifest, fit: EncoderFit): void => {
  const { generation, encoderId, dimensions } = manifest
  if (manifest.classifier.version !== CLASSIFIER_VERSION) {
    throw invalid(generation, 'its classifier is of another version of the program')
  }
  if (encoderId !== fit.encoderId) {
    throw invalid(generation, `it was built with encoder ${encoderId}, not ${fit.encoderId}`)
  }
  if (fit.dimensions !== undefined && dimensions !== fit.dimensions) {
    throw invalid(generation, `it has ${dimensions} dimensions, the encoder ${fit.dimensions}`)
  }
  if (manifest.searchDimensions > dimensions) {
    throw invalid(
      generation,
      `it searches ${manifest.searchDimensions} of ${dimensions} dimensions`,
    )
  }
}

const asFloats = (bytes: Buffer): Float32Array =>
  new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)

const readFloats = async (dir: string, manifest: Manifest, file: string, numbers: number) => {
  const facts = factsOf(manifest, file)
  if (facts.bytes !== numbers * 4) {
    throw invalid(manifest.generation, `${file} has ${facts.bytes} bytes, not ${numbers * 4}`)
  }
  const path = join(generationFolder(dir, manifest.generation), file)
  return asFloats((await readVerified(path, file, facts)).bytes)
}

const readVectors = async (dir: string, manifest: Manifest): Promise<Float32Array> => {
  const { exemplarCount, dimensions } = manifest
  const vectors = await readFloats(dir, manifest, VECTORS, exemplarCount * dimensions)
  const pacer = createPacer()
  for (let row = 0; row < exemplarCount; row++) {
    assertRow(vectors, manifest, row)
    if (pacer.isDue()) await pacer.rest()
  }
  return vectors
}

const readExemplars = async (dir: string, manifest: Manifest): Promise<Exemplar[]> => {
  const { generation, exemplarCount } = manifest
  const path = join(generationFolder(dir, generation), EXEMPLARS)
  const { bytes } = await readVerified(path, EXEMPLARS, factsOf(manifest, EXEMPLARS))
  const exemplars: Exemplar[] = []
  const pacer = createPacer()
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, at)
    const end = newline === -1 ? bytes.length : newline
    exemplars.push(exemplarSchema.parse(JSON.parse(bytes.toString('utf8', at, end))))
    at = end + 1
    if (pacer.isDue()) await pacer.rest()
  }
  if (exemplars.length === exemplarCount) return exemplars
  throw invalid(generation, `${EXEMPLARS} holds ${exemplars.length} of ${exemplarCount} exemplars`)
}

const readClassifier = async (dir: string, manifest: Manifest): Promise<ClassifierModel> => {
  const { dimensions, classifier } = manifest
  const numbers = classifier.arrays.reduce((sum, { length }) => sum + length, 0)
  const floats = await readFloats(dir, manifest, CLASSIFIER, numbers)
  let at = 0
  const arrays = classifier.arrays.map(({ name, length }) => {
    const values = floats.slice(at, at + length)
    at += length
    return [name, values] as const
  })
  return { ...classifier, dimensions, arrays: Object.fromEntries(arrays) }
}

/** Undefined where the generation has no outcome model. */
const readOutcomes = async (dir: string, manifest: Manifest) => {
  const facts = manifest.files[OUTCOMES]
  if (!facts) return undefined
  const path = join(generationFolder(dir, manifest.generation), OUTCOMES)
  return openOutcomes((await readVerified(path, OUTCOMES, facts)).bytes)
}

const openGraph = async (dir: string, manifest: Manifest, vectors: Float32Array) => {
  const { dimensions, searchDimensions, exemplarCount: size, hnsw } = manifest
  const shape = { dimensions, searchDimensions, size, m: hnsw.m }
  const file = join(generationFolder(dir, manifest.generation), HNSW)
  const { bytes } = await readVerified(file, HNSW, factsOf(manifest, HNSW))
  await assertHnswFile(bytes, vectors, shape)
  return openHnsw({ file, ...shape, efSearch: hnsw.efSearch })
}

const openCoded = async (
  dir: string,
  manifest: Manifest,
  { vectors, facts }: { vectors: Float32Array; facts: FileFacts },
) => {
  const path = join(generationFolder(dir, manifest.generation), CODES)
  const { bytes } = await readVerified(path, CODES, facts)
  const { dimensions, searchDimensions } = manifest
  const shape = { dimensions, searchDimensions }
  return createCodedIndex({ vectors, ...shape, ...openCodes(bytes, vectors, shape) })
}

/** The codes or the graph if the manifest names them and they are undamaged; else exact search over the verified vectors. */
const openIndex = async (
  dir: string,
  manifest: Manifest,
  vectors: Float32Array,
): Promise<{ index: VectorIndex; searchProblem?: string }> => {
  const { dimensions, searchDimensions } = manifest
  const exact = () => createExactIndex({ vectors, dimensions, searchDimensions })
  const facts = manifest.files[CODES]
  if (manifest.search === 'exact' && !facts) return { index: exact() }
  try {
    if (facts) return { index: await openCoded(dir, manifest, { vectors, facts }) }
    return { index: await openGraph(dir, manifest, vectors) }
  } catch (error) {
    const searchProblem = problemOf(error)
    return { index: exact(), searchProblem }
  }
}

/**
 * Generation `number` in memory. Where only hnsw.bin or codes.bin is missing or damaged, exact search serves and `searchProblem`
 * says why; hnswlib is never asked to open a file whose hash, layout or vectors differ.
 * @throws RouterError `index_invalid` where anything else is damaged, or the generation does not fit the encoder.
 */
export const loadGeneration = (dir: string, number: number, fit: EncoderFit): Promise<Generation> =>
  inGeneration(number, async () => {
    const manifest = await readManifest(dir, number)
    assertFit(manifest, fit)
    const exemplars = await readExemplars(dir, manifest)
    const classifier = await readClassifier(dir, manifest)
    const vectors = await readVectors(dir, manifest)
    const opened = await openIndex(dir, manifest, vectors)
    const outcomes = await readOutcomes(dir, manifest)
    const whole = { number, manifest, exemplars, vectors, classifier, ...opened }
    return { ...whole, ...(outcomes && { outcomes }) }
  })

// Names in the index folder: g000042 for a generation, tmp-… for work in progress, `current` for the pointer.
import { join } from 'node:path'
import { ownTag } from './writer-tag.ts'

export const CURRENT = 'current'
export const MANIFEST = 'manifest.json'
/** sha256 of manifest.json in the format of `sha256sum -c`: detects damage to the manifest itself. */
export const MANIFEST_SUM = 'manifest.sha256'
export const EXEMPLARS = 'exemplars.jsonl'
export const VECTORS = 'vectors.f32'
export const HNSW = 'hnsw.bin'
export const CLASSIFIER = 'classifier.f32'
/** What the fit said of each exemplar unseen; generations of before it was kept have none. */
export const UNSEEN = 'unseen.f32'
/** The rows as codes, where those serve; older programs pass over it, and search exactly. */
export const CODES = 'codes.bin'
/** Only where outcomes were learned from. */
export const OUTCOMES = 'outcomes.bin'

/** Folder of the generations' reports, g000042.json; a report stays when its generation is removed. */
export const REPORTS = 'reports'

const GENERATION = /^g(\d{6,15})$/
const TEMPORARY = /^tmp-(\d+-\d+)-/

/** `g000042` for 42. */
export const generationName = (number: number): string => `g${String(number).padStart(6, '0')}`

/** 42 for `g000042`; null for any other name. */
export const generationNumber = (name: string): number | null => {
  const digits = GENERATION.exec(name)?.[1]
  if (digits === undefined) return null
  const number = Number(digits)
  return number > 0 && generationName(number) === name ? number : null
}

export const generationFolder = (dir: string, number: number): string =>
  join(dir, generationName(number))

export const reportFile = (dir: string, number: number): string =>
  join(dir, REPORTS, `${generationName(number)}.json`)

/** 42 for `g000042.json`; null for any other name. */
export const reportNumber = (name: string): number | null =>
  name.endsWith('.json') ? generationNumber(name.slice(0, -'.json'.length)) : null

let counter = 0

/** A unique temporary path under `dir`; its name lets `sweepOrphans` recognise the owning process. */
export const temporaryPath = (dir: string, purpose: string): string => {
  counter += 1
  return join(dir, `tmp-${ownTag()}-${purpose}-${counter}`)
}

/** Tag of the process that owns a temporary name; null for any other name. */
export const temporaryOwner = (name: string): string | null => TEMPORARY.exec(name)?.[1] ?? null

// Runs a transformers.js model in this process: text in, row out. The only importer of @xenova/transformers.
// It blocks its thread while it works, so the server uses it only inside a child process (child.ts, supervised.ts).
import { basename, dirname, join, sep } from 'node:path'
import type { AutoModel, AutoTokenizer } from '@xenova/transformers'
import ort from 'onnxruntime-node'
import type { EncoderConfig } from '../config/config-schema.ts'
import { RouterError } from '../errors.ts'
import type { Encoder } from './encoder.ts'
import { graphFile, type Precision, verifyModelFiles } from './model-files.ts'
import { type OutputTensor, poolerFor, rowMakerFor } from './pool.ts'
import { sanitise } from './sanitise.ts'
import { poolRows, windowsOf } from './windows.ts'

export interface LoadOptions {
  folder: string
  precision: Precision
  threads: number
  maxTokens: number
}

export interface LoadedModel {
  /** Texts that the tokenizer takes as special tokens. */
  specialTokens: string[]
  /** All outputs of the graph for one prompt, by name. The text is tokenised as it is: sanitise first. */
  run(text: string): Promise<Record<string, OutputTensor>>
  /** Tokens of a text, special tokens aside, without truncation. */
  countTokens(text: string): number
  dispose(): Promise<void>
}

type Model = Awaited<ReturnType<typeof AutoModel.from_pretrained>>
type Tokenizer = Awaited<ReturnType<typeof AutoTokenizer.from_pretrained>>

/**
 * transformers.js 2.17 hands no session options through, so its call of `create` is met on the way: thread counts as
 * asked (default: all cores, each of which then spins for milliseconds after a run) and no silent fallback to WebAssembly
 * (4× slower). onnxruntime-node 1.14 reads the options only where it is given the path of the graph, not its bytes.
 */
const withThreads = async <T>(
  { threads, graph }: { threads: number; graph: string },
  load: () => Promise<T>,
): Promise<T> => {
  const original = ort.InferenceSession.create
  const createFrom = original.bind(ort.InferenceSession)
  const create = () =>
    createFrom(graph, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    })
  ort.InferenceSession.create = create as typeof original
  try {
    return await load()
  } finally {
    ort.InferenceSession.create = original
  }
}

/** Loads tokenizer and graph from a local folder; never asks a network. Loads of one process must not overlap. */
export const loadModel = async (options: LoadOptions): Promise<LoadedModel> => {
  const { folder, precision, threads, maxTokens } = options
  const name = basename(folder)
  const graph = join(folder, graphFile(precision))
  const { tokenizer, model } = await withThreads({ threads, graph }, async () => {
    const transformers = await import('@xenova/transformers')
    transformers.env.allowRemoteModels = false
    transformers.env.localModelPath = dirname(folder) + sep
    transformers.env.useFSCache = false
    const tokenizer: Tokenizer = await transformers.AutoTokenizer.from_pretrained(name)
    const quantized = precision === 'int8'
    const model: Model = await transformers.AutoModel.from_pretrained(name, { quantized })
    return { tokenizer, model }
  })
  return {
    specialTokens: tokenizer.special_tokens,
    run: async (text) => {
      const inputs = tokenizer(text, { truncation: true, max_length: maxTokens })
      return model(inputs)
    },
    countTokens: (text) => tokenizer.encode(text, null, { add_special_tokens: false }).length,
    dispose: async () => {
      await model.dispose()
    },
  }
}

/**
 * An encoder in this process. Every call embeds one prompt: no vector depends on another prompt's length.
 * `signal` and `deadlineMs` are looked at only before the work starts, since the work cannot be interrupted.
 * @throws RouterError `model_files_invalid` when files are missing, damaged or not a feature-extraction model.
 */
export const createTransformersEncoder = async (config: EncoderConfig): Promise<Encoder> => {
  const { folder, encoderId } = await verifyModelFiles(config)
  const model = await loadModel({
    folder,
    precision: config.precision,
    threads: config.threads,
    maxTokens: config.max_tokens,
  }).catch((cause: unknown) => {
    const details = { reason: cause instanceof Error ? cause.message : String(cause) }
    const message = `The model in ${folder} does not load.`
    throw new RouterError('model_files_invalid', message, { cause, details })
  })
  const { specialTokens, countTokens } = model
  const { max_tokens: maxTokens } = config
  const run = (text: string) =>
    model.run(sanitise(text, { maxChars: config.max_chars, specialTokens }))

  const first = await run('warm')
  const pool = poolerFor(config.pooling, Object.keys(first))
  const toRow = rowMakerFor(pool, first)
  const searchDimensions = pool(first).length
  const embedOnce = async (text: string): Promise<Float32Array> => toRow(await run(text))
  return {
    id: encoderId,
    dimensions: toRow(first).length,
    searchDimensions,
    embed: async (text, options = {}) => {
      options.signal?.throwIfAborted()
      const safe = sanitise(text, { maxChars: config.max_chars, specialTokens })
      const rows: Float32Array[] = []
      for (const window of windowsOf(safe, { maxTokens, countTokens })) {
        rows.push(await embedOnce(window))
      }
      return poolRows(rows, searchDimensions)
    },
    close: () => model.dispose(),
  }
}

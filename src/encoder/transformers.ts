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
import { givesEqualRows, outputsOf, type PreparedPrompt, type Tokens } from './shared-runs.ts'
import { poolRows, windowsOf } from './windows.ts'
import { createWordPieces } from './word-pieces.ts'

export interface LoadOptions {
  folder: string
  precision: Precision
  threads: number
  maxTokens: number
}

export interface LoadedModel {
  /** Texts that the tokenizer takes as special tokens. */
  specialTokens: string[]
  /** The text is tokenised as it is: sanitise first. */
  tokenise(text: string): Tokens
  /** All outputs of the graph for one prompt, by name. */
  run(text: string): Promise<Record<string, OutputTensor>>
  /** Of several prompts that have the same number of tokens; the first dimension of each output is theirs. */
  runAll(prompts: readonly Tokens[]): Promise<Record<string, OutputTensor>>
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

interface Tokenise {
  /** Tokens of a text, special tokens aside, without truncation. */
  plain: (text: string) => number[]
  /** With special tokens, cut to what the model reads. */
  whole: (text: string) => Tokens
}

/** The library's tokenizer, and a shorter way to the same tokens for most texts. */
const createTokenise = (tokenizer: Tokenizer, maxTokens: number): Tokenise => {
  const encode = (text: string): number[] =>
    tokenizer.encode(text, null, { add_special_tokens: false })
  const options = { truncation: true, max_length: maxTokens, return_tensor: false }
  const [first, last, ...more] = tokenizer.encode('')
  const wordPieces = createWordPieces(tokenizer)
  if (wordPieces === null || first === undefined || last === undefined || more.length > 0) {
    return { plain: encode, whole: (text) => tokenizer(text, options) }
  }
  const most = Math.min(maxTokens, tokenizer.model_max_length)
  const whole = (text: string): Tokens => {
    const pieces = wordPieces(text)
    if (pieces === null) return tokenizer(text, options)
    const input_ids = [first, ...pieces, last].slice(0, most)
    return { input_ids, attention_mask: input_ids.map(() => 1) }
  }
  return { plain: (text) => wordPieces(text) ?? encode(text), whole }
}

/**
 * The inputs that the graph asks for. The library's own call wraps every tensor in a proxy and checks them anew, which for a
 * short prompt takes a twentieth of the whole.
 * @throws RouterError `model_files_invalid` where the tokenizer gives no such input
 */
const feedsOf = ({ inputNames }: ort.InferenceSession, prompts: readonly Tokens[]) => {
  const length = prompts[0]?.input_ids.length ?? 0
  const tensorOf = (name: string): ort.Tensor => {
    const data = new BigInt64Array(prompts.length * length)
    prompts.forEach((tokens, prompt) => {
      if (tokens[name] === undefined && name !== 'token_type_ids') {
        const problem = `The model asks for an input ${name}, which its tokenizer does not give.`
        throw new RouterError('model_files_invalid', problem)
      }
      tokens[name]?.forEach((value, at) => {
        data[prompt * length + at] = BigInt(value)
      })
    })
    return new ort.Tensor('int64', data, [prompts.length, length])
  }
  return Object.fromEntries(inputNames.map((name) => [name, tensorOf(name)]))
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
  const session: ort.InferenceSession = model.session
  const tokenise = createTokenise(tokenizer, maxTokens)
  const runAll: LoadedModel['runAll'] = async (prompts) =>
    (await session.run(feedsOf(session, prompts))) as Record<string, OutputTensor>
  return {
    specialTokens: tokenizer.special_tokens,
    tokenise: tokenise.whole,
    run: (text) => runAll([tokenise.whole(text)]),
    runAll,
    countTokens: (text) => tokenise.plain(text).length,
    dispose: async () => {
      await model.dispose()
    },
  }
}

export interface TransformersEncoder extends Encoder {
  prepare(text: string): PreparedPrompt
  /**
   * Rows of one prompt, or of several of one window with the same number of tokens in one run, where `sharesRuns`.
   * A run reads all weights once.
   */
  embedAll(prompts: readonly PreparedPrompt[]): Promise<Float32Array[]>
  /** Whether prompts get the same rows together as alone, to the last bit. */
  readonly sharesRuns: boolean
}

/** @throws RouterError `model_files_invalid` */
const loadVerified = (folder: string, config: EncoderConfig): Promise<LoadedModel> =>
  loadModel({
    folder,
    precision: config.precision,
    threads: config.threads,
    maxTokens: config.max_tokens,
  }).catch((cause: unknown) => {
    const details = { reason: cause instanceof Error ? cause.message : String(cause) }
    const message = `The model in ${folder} does not load.`
    throw new RouterError('model_files_invalid', message, { cause, details })
  })

/** Text → its windows' tokens. */
const createPrepare = (model: LoadedModel, { max_tokens, max_chars }: EncoderConfig) => {
  const { specialTokens, countTokens, tokenise } = model
  const safely = (text: string) => sanitise(text, { maxChars: max_chars, specialTokens })
  return (text: string): PreparedPrompt => {
    const safe = safely(text)
    // A part of a run of letters that was left whole may be one that must be split.
    return windowsOf(safe, { maxTokens: max_tokens, countTokens }).map((window) =>
      tokenise(window === safe ? safe : safely(window)),
    )
  }
}

/**
 * An encoder in this process. No vector depends on another prompt.
 * `signal` and `deadlineMs` are looked at only before the work starts, since the work cannot be interrupted.
 * @throws RouterError `model_files_invalid` when files are missing, damaged or not a feature-extraction model.
 */
export const createTransformersEncoder = async (
  config: EncoderConfig,
): Promise<TransformersEncoder> => {
  const { folder, encoderId } = await verifyModelFiles(config)
  const model = await loadVerified(folder, config)
  const prepare = createPrepare(model, config)
  const first = await model.runAll(prepare('warm'))
  const pool = poolerFor(config.pooling, Object.keys(first))
  const toRow = rowMakerFor(pool, first)
  const searchDimensions = pool(first).length
  const alone = async (prompt: PreparedPrompt): Promise<Float32Array> => {
    const rows: Float32Array[] = []
    for (const window of prompt) rows.push(toRow(await model.runAll([window])))
    return poolRows(rows, searchDimensions)
  }
  const together = async (prompts: readonly PreparedPrompt[]): Promise<Float32Array[]> => {
    const outputs = await model.runAll(prompts.flat())
    return prompts.map((_, at) => toRow(outputsOf(outputs, at, prompts.length)))
  }
  return {
    id: encoderId,
    dimensions: toRow(first).length,
    searchDimensions,
    sharesRuns: await givesEqualRows({ prepare, alone, together }),
    prepare,
    embed: async (text, options = {}) => {
      options.signal?.throwIfAborted()
      return alone(prepare(text))
    },
    embedAll: async (prompts) => {
      const [only] = prompts
      return prompts.length === 1 && only ? [await alone(only)] : together(prompts)
    },
    close: () => model.dispose(),
  }
}

// The stock way, in a process of its own: transformers.js' feature-extraction pipeline with pooling and normalisation on
// the plain int8 graph. It is timed here, so that it is not charged for the message that asks for it.
import { basename, dirname, join, sep } from 'node:path'
import { env, pipeline } from '@xenova/transformers'
import ort from 'onnxruntime-node'

/** Or why it failed. */
export type FromStock = { ms: number } | { why: string }

/**
 * transformers.js 2.17 hands no session options through; only the thread count is set, as our encoder's. onnxruntime-node reads
 * options only where it is given the path of the graph, and then refuses the library's second execution provider, wasm.
 */
const useThreads = (graph: string, threads: number): void => {
  const original = ort.InferenceSession.create
  const createFrom = original.bind(ort.InferenceSession)
  const create = (_: Uint8Array, options: object) =>
    createFrom(graph, { ...options, executionProviders: ['cpu'], intraOpNumThreads: threads })
  ort.InferenceSession.create = create as typeof original
}

const start = async (
  folder: string,
  threads: number,
): Promise<(text: string) => Promise<unknown>> => {
  useThreads(join(folder, 'onnx', 'model_quantized.onnx'), threads)
  env.allowRemoteModels = false
  env.localModelPath = dirname(folder) + sep
  const extract = await pipeline('feature-extraction', basename(folder), { quantized: true })
  return (text) => extract(text, { pooling: 'mean', normalize: true })
}

const [folder = '', threads] = process.argv.slice(2)
const extractor = start(folder, Number(threads))
extractor.catch(() => {}) // each message is answered with it

const answer = async (text: string): Promise<FromStock> => {
  const extract = await extractor
  const from = performance.now()
  await extract(text)
  return { ms: performance.now() - from }
}

process.on('message', async (text: string) => {
  process.send?.(await answer(text).catch((error: unknown) => ({ why: String(error) })))
})
process.on('disconnect', () => process.exit(0))

// The stock way, in a process of its own: transformers.js' feature-extraction pipeline with pooling and normalisation on
// the plain int8 graph. It is timed here, so that it is not charged for the message that asks for it.
import { basename, dirname, join, sep } from 'node:path'
import { env, pipeline } from '@xenova/transformers'
import ort from 'onnxruntime-node'

export type ToStock =
  | { type: 'start'; folder: string; threads: number }
  | { type: 'embed'; text: string }
export type FromStock =
  | { type: 'ready' }
  | { type: 'embedded'; ms: number }
  | { type: 'failed'; why: string }

type Extractor = (text: string) => Promise<unknown>

/**
 * transformers.js 2.17 hands no session options through; only the thread count is set, as our encoder's. onnxruntime-node reads
 * options only where it is given the path of the graph.
 */
const useThreads = (graph: string, threads: number): void => {
  const original = ort.InferenceSession.create
  const createFrom = original.bind(ort.InferenceSession)
  const create = (_: Uint8Array, options: object) =>
    createFrom(graph, { ...options, intraOpNumThreads: threads })
  ort.InferenceSession.create = create as typeof original
}

const start = async (folder: string, threads: number): Promise<Extractor> => {
  useThreads(join(folder, 'onnx', 'model_quantized.onnx'), threads)
  env.allowRemoteModels = false
  env.localModelPath = dirname(folder) + sep
  const extract = await pipeline('feature-extraction', basename(folder), { quantized: true })
  return (text) => extract(text, { pooling: 'mean', normalize: true })
}

let extract: Extractor | undefined

const answer = async (message: ToStock): Promise<FromStock> => {
  if (message.type === 'start') {
    extract = await start(message.folder, message.threads)
    return { type: 'ready' }
  }
  if (!extract) throw new Error('not started')
  const from = performance.now()
  await extract(message.text)
  return { type: 'embedded', ms: performance.now() - from }
}

process.on('message', async (message: ToStock) => {
  const reply = await answer(message).catch(
    (error: unknown): FromStock => ({ type: 'failed', why: String(error) }),
  )
  process.send?.(reply)
})
process.on('disconnect', () => process.exit(0))

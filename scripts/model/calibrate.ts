// Measures the constants of the int8 graph: a maintainer's command, its result is committed under models/calibration/.
//   npm run -s build && node dist/scripts/model/calibrate.js && node dist/scripts/commands/build-model.js --force --update-lock
// Runs the float32 graph over sample prompts of training-data/ and notes the range of each channel before each dense layer.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../src/config/project-root.ts'
import { loadModel } from '../../src/encoder/transformers.ts'
import { note } from '../terminal/output.ts'
import type { Calibration, DensePoint, LayerCalibration } from './calibration.ts'
import { type ChannelRange, emptyRange, evened, midpoints, span, widen } from './channel-range.ts'
import { buildEncoderGraph, tapName } from './encoder-graph.ts'
import { calibrationPath, writeModelFolder } from './model-folder.ts'
import { recentre } from './recentre.ts'
import { openSafetensors, type TensorSource } from './safetensors.ts'
import { findSourcePackage, MODEL_NAME, SOURCE_FILES } from './source-package.ts'
import { type BertConfig, denseOf, layerNames, readBertConfig } from './weights.ts'

type LayerRanges = Record<DensePoint, ChannelRange>

const POINTS: DensePoint[] = ['qkv', 'context', 'intermediate', 'output']
/** The least value of gelu: nothing below it reaches the last dense layer of a block. */
const GELU_MINIMUM = -0.17
/** Least magnitude a channel is taken to have, so that a silent one does not blow up its neighbours. */
const LEAST_HALF_RANGE = 1e-3
const LEAST_PEAK = 1e-2
const EVERY_NTH_PROMPT = 5
const JOINED_PROMPTS = 15

/** Every fifth exemplar, and some joined to prompts of full length. The held-out set stays out. */
const samplePrompts = (folder: string): string[] => {
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl') && file !== 'held-out.jsonl')
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .map((line) => (JSON.parse(line) as { text: string }).text)
  const short = texts.filter((_, at) => at % EVERY_NTH_PROMPT === 0)
  const long = short
    .map((_, at) => short.slice(at, at + JOINED_PROMPTS).join(' '))
    .filter((_, at) => at % JOINED_PROMPTS === 0)
  return [...short, ...long]
}

const measure = async (source: TensorSource, config: BertConfig, prompts: string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-calibrate-'))
  try {
    const graph = buildEncoderGraph({ source, config, hasTaps: true, outputs: [] })
    writeModelFolder(folder, findSourcePackage().folder, { 'onnx/model.onnx': graph })
    const model = await loadModel({ folder, precision: 'fp32', threads: 2, maxTokens: 256 })
    const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => {
      const names = layerNames(layer)
      const { rows: hidden } = denseOf(source, names.intermediate)
      const { rows: inner } = denseOf(source, names.output)
      return Object.fromEntries(
        POINTS.map((point) => [point, emptyRange(point === 'output' ? inner : hidden)]),
      ) as LayerRanges
    })
    for (const prompt of prompts) {
      const outputs = await model.run(prompt)
      for (const [layer, ranges] of layers.entries()) {
        for (const point of POINTS) {
          widen(ranges[point], outputs[tapName(layer, point)]?.data ?? [])
        }
      }
    }
    await model.dispose()
    return layers
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Rounded to what the file keeps, so that the ranges are measured with the very constants that are used. */
const rounded = (values: number[]): number[] => values.map((value) => Number(value.toPrecision(4)))

/** Constants that recentre; ranges and smoothing follow from a second run with these in place. */
const centresOf = (ranges: LayerRanges): LayerCalibration => {
  const none: [number, number] = [-1, 1]
  const halves = span(ranges.context).map((width) => Math.max(LEAST_HALF_RANGE, width / 2))
  return {
    qkv: { range: none, centre: rounded(midpoints(ranges.qkv)) },
    context: {
      range: none,
      centre: rounded(midpoints(ranges.context)),
      scale: rounded(evened(halves)),
    },
    intermediate: { range: none, centre: rounded(midpoints(ranges.intermediate)), smooth: [] },
    output: { range: none, smooth: [] },
  }
}

const peaksOf = ({ low, high }: ChannelRange): number[] =>
  Array.from(low, (value, at) => Math.max(LEAST_PEAK, -value, high[at] as number))

const wholeRange = ({ low, high }: ChannelRange): [number, number] => [
  Math.min(0, ...low),
  Math.max(0, ...high),
]

/** Smoothing by the square root of each channel's peak moves half of its unevenness into the weights. */
const finished = (centres: LayerCalibration, ranges: LayerRanges): LayerCalibration => {
  const innerPeaks = peaksOf(ranges.intermediate)
  const innerSmooth = rounded(innerPeaks.map(Math.sqrt))
  const outerPeaks = peaksOf(ranges.output)
  const outerSmooth = rounded(outerPeaks.map(Math.sqrt))
  const largest = (peaks: number[], smooth: number[]) =>
    Math.max(...peaks.map((peak, at) => peak / (smooth[at] as number)))
  const inner = largest(innerPeaks, innerSmooth)
  const least = largest(
    outerPeaks.map((peak) => Math.min(peak, -GELU_MINIMUM)),
    outerSmooth,
  )
  return {
    qkv: { ...centres.qkv, range: wholeRange(ranges.qkv) },
    context: { ...centres.context, range: wholeRange(ranges.context) },
    intermediate: { ...centres.intermediate, range: [-inner, inner], smooth: innerSmooth },
    output: { range: [-least, largest(outerPeaks, outerSmooth)], smooth: outerSmooth },
  }
}

/** Measures all constants afresh. Takes about a minute. */
export const calibrate = async (prompts: string[]): Promise<Calibration> => {
  const { folder } = findSourcePackage()
  const source = openSafetensors(join(folder, SOURCE_FILES.weights))
  const config = readBertConfig(join(folder, SOURCE_FILES.config))
  const centres = (await measure(source, config, prompts)).map(centresOf)
  const centred = await measure(recentre(source, { layers: centres }), config, prompts)
  const layers = centres.map((layer, at) => finished(layer, centred[at] as LayerRanges))
  return { model: MODEL_NAME, prompts: prompts.length, layers }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const calibration = await calibrate(samplePrompts(join(projectRoot(), 'training-data')))
  writeFileSync(calibrationPath(MODEL_NAME), `${JSON.stringify(calibration)}\n`)
  note(`Measured ${calibration.prompts} prompts; wrote ${calibrationPath(MODEL_NAME)}`)
}

// The measured constants of the int8 graph: one record per layer, read from models/calibration/NAME.json.
// Centres, scales and smoothing may be any numbers (what they do to a layer is undone in the next), so four digits suffice.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const range = z.tuple([z.number().max(0), z.number().min(0)])
const channels = z.array(z.number())
const positiveChannels = z.array(z.number().positive())

const layerSchema = z.strictObject({
  qkv: z.strictObject({ range, centre: channels }),
  context: z.strictObject({ range, centre: channels, scale: positiveChannels }),
  intermediate: z.strictObject({ range, centre: channels, smooth: positiveChannels }),
  output: z.strictObject({ range, smooth: positiveChannels }),
})

export const calibrationSchema = z.strictObject({
  model: z.string(),
  prompts: z.int().positive().describe('How many prompts were measured.'),
  layers: z.array(layerSchema),
})

export type Calibration = z.infer<typeof calibrationSchema>
export type LayerCalibration = Calibration['layers'][number]

/** The four dense layers of a BERT layer, each named after what it computes. */
export type DensePoint = 'qkv' | 'context' | 'intermediate' | 'output'

/** @throws Error (zod) when the file is not of this form. */
export const readCalibration = (path: string): Calibration =>
  calibrationSchema.parse(JSON.parse(readFileSync(path, 'utf8')))

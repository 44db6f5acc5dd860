import { describe, expect, it } from 'vitest'
import type { ClassifierModel } from '../../../src/core/classifier/classifier.ts'
import {
  type ClassifierParts,
  toModel,
  toParts,
} from '../../../src/core/classifier/classifier-codec.ts'
import { fitClassifier } from '../../../src/core/classifier/fit.ts'
import { createClassifier } from '../../../src/core/classifier/score.ts'
import { clustered, nearestOf, vectorOf } from '../../support/clustered-training.ts'

/** As a generation keeps it: JSON beside the little-endian bytes of each array. */
const stored = (model: ClassifierModel): ClassifierModel => {
  const { arrays, ...rest } = model
  const bytes = Object.entries(arrays).map(([name, values]) => {
    const view = new DataView(new ArrayBuffer(values.length * 4))
    values.forEach((value, i) => {
      view.setFloat32(4 * i, value, true)
    })
    return [name, view] as const
  })
  const read = bytes.map(([name, view]) => {
    const at = (_: unknown, i: number) => view.getFloat32(4 * i, true)
    return [name, Float32Array.from({ length: view.byteLength / 4 }, at)]
  })
  return { ...(JSON.parse(JSON.stringify(rest)) as typeof rest), arrays: Object.fromEntries(read) }
}

const sets = [
  ['calibrated, with a detector', clustered({ code: 40, math: 40, none: 24, tiny: 3 }, 1, 1.5)],
  ['without none', clustered({ code: 30, math: 30 }, 2, 1.5)],
  ['with too few exemplars to hold any out', clustered({ code: 3, math: 3 }, 3)],
] as const

describe.each(sets)('a model that is stored and read: %s', (_what, set) => {
  const { model } = fitClassifier(set, { seed: 7 })

  it('classifies as it did before, bit for bit', () => {
    const [before, after] = [createClassifier(model), createClassifier(stored(model))]
    for (let row = 0; row < set.routes.length; row += 7) {
      const embedding = vectorOf(set, row)
      const input = { text: `why ${set.texts[row]}`, embedding, ...nearestOf(set, embedding) }
      expect(after.classify(input)).toEqual(before.classify(input))
      expect(after.readWords(input.text)).toEqual(before.readWords(input.text))
    }
  })

  it('is the same flat value after parts and back', () => {
    expect(toModel(toParts(model), model.thresholds)).toEqual(model)
    expect(toModel(toParts(stored(model)), model.thresholds)).toEqual(stored(model))
  })

  it('holds nothing that JSON or float32 cannot', () => {
    expect(Object.values(model.parameters).every(Number.isFinite)).toBe(true)
    expect(Object.values(model.thresholds).every(Number.isFinite)).toBe(true)
    for (const values of Object.values(model.arrays)) {
      expect(values).toBeInstanceOf(Float32Array)
      expect(values.every((value) => Number.isFinite(value))).toBe(true)
    }
  })
})

describe('the parts that may be missing', () => {
  const parts: ClassifierParts = {
    routes: ['a'],
    space: { mean: Float32Array.of(0, 0), split: 1, scale: [1, 2] },
    head: { weights: { rows: 1, cols: 2, data: Float32Array.of(1, 2) }, bias: Float32Array.of(3) },
    centroids: { rows: 1, cols: 2, data: Float32Array.of(4, 5) },
    words: null,
    wordsAlone: null,
    descriptions: null,
    blend: { bandwidth: 0.05, vote: 1, centroid: 0.5, words: 0, sharpness: 1.5 },
    calibration: { bias: 1, weight: [], mean: [], sd: [] },
    novelty: { energy: { mean: 1, sd: 2 }, nearness: { mean: 3, sd: 4 }, detector: null },
    noveltyLimit: Number.POSITIVE_INFINITY,
    counts: Float32Array.of(9),
  }

  it('come back with what the words may decide alone', () => {
    const calibration = { bias: 1, weight: [2, 3], mean: [4, 5], sd: [6, 7] }
    const alone = { calibration, limit: 0.8, agreement: 0.9, share: 0.5 }
    for (const first of [null, { limit: 0.9, agreement: 0.99, share: 0.4 }]) {
      const withWords = { ...parts, wordsAlone: { ...alone, first } }
      expect(toParts(stored(toModel(withWords, {})))).toEqual(withWords)
    }
  })

  it('come back as missing: no words, no descriptions, no detector, no limit', () => {
    expect(toParts(stored(toModel(parts, {})))).toEqual(parts)
  })

  it('come back as they were where they are there', () => {
    const words = {
      vocabulary: { hashes: Int32Array.of(1, 0x3fffff), idf: Float32Array.of(1, 2) },
      routes: 1,
      weights: Float32Array.of(0.1, 0.2),
      bias: Float32Array.of(0.3),
    }
    const detector = { bias: -1, weight: [1, 0, 2], mean: [0, 0.1, 0.2], sd: [1, 2, 3] }
    const descriptions = {
      centroids: { rows: 1, cols: 2, data: Float32Array.of(6, 7) },
      prior: { low: 0.25, high: 0.5 },
    }
    const whole = {
      ...parts,
      words,
      descriptions,
      novelty: { ...parts.novelty, detector },
      noveltyLimit: 0,
    }
    expect(toParts(stored(toModel(whole, {})))).toEqual(whole)
  })
})

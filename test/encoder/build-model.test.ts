import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildModel } from '../../scripts/commands/build-model.ts'
import { readCalibration } from '../../scripts/model/calibration.ts'
import { buildEncoderGraph } from '../../scripts/model/encoder-graph.ts'
import { calibrationPath, writeModelFolder } from '../../scripts/model/model-folder.ts'
import { recentre } from '../../scripts/model/recentre.ts'
import { openSafetensors } from '../../scripts/model/safetensors.ts'
import { findSourcePackage, MODEL_NAME, SOURCE_FILES } from '../../scripts/model/source-package.ts'
import { readBertConfig } from '../../scripts/model/weights.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { readModelLock } from '../../src/encoder/model-files.ts'
import { toUnitLength } from '../../src/encoder/pool.ts'
import { FEATURE_INPUTS } from '../../src/encoder/side-features.ts'
import { createTransformersEncoder, loadModel } from '../../src/encoder/transformers.ts'
import { cosine, encoderConfig, PUBLISHED, sideCosine } from './support.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }) // builds write 90 MB each

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-build-'))
  await buildModel({ out: join(folder, 'model'), precision: 'both' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sourceOf = () => {
  const { folder: source } = findSourcePackage()
  return {
    sourceFolder: source,
    source: openSafetensors(join(source, SOURCE_FILES.weights)),
    config: readBertConfig(join(source, SOURCE_FILES.config)),
  }
}

describe('the model build', () => {
  it('gives the bytes of the lock every time, and leaves no temporary folder', async () => {
    const out = join(folder, 'again')
    const first = await buildModel({ out })
    const second = await buildModel({ out, isForced: true })
    expect(second.files).toEqual(first.files)
    expect(readModelLock().models[MODEL_NAME]?.files).toMatchObject(first.files)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('builds nothing where everything is in place', async () => {
    const again = await buildModel({ out: join(folder, 'model'), precision: 'both' })
    expect(again.isBuilt).toBe(false)
  })

  it('runs as a command that prints JSON, and explains itself', async () => {
    const script = join(projectRoot(), 'dist/scripts/commands/build-model.js')
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, [
      script,
      '--out',
      join(folder, 'model'),
      '--json',
    ])
    expect(JSON.parse(stdout)).toMatchObject({ isBuilt: false })
    const help = await run(process.execPath, [script, '--help'])
    expect(help.stdout).toContain('--precision')
  })

  it('comes within 0.01 of the published similarities in fp32', async () => {
    const config = encoderConfig({ model: join(folder, 'model'), precision: 'fp32', threads: 1 })
    const encoder = await createTransformersEncoder(config)
    const vectors: Float32Array[] = []
    for (const sentence of PUBLISHED.sentences) vectors.push(await encoder.embed(sentence))
    await encoder.close()
    for (const [a, b, published] of PUBLISHED.similarities) {
      const similarity = cosine(vectors[a] as Float32Array, vectors[b] as Float32Array)
      expect(Math.abs(similarity - published)).toBeLessThan(0.01)
    }
  })

  it.each(['mean', 'cls', 'max'] as const)(
    'keeps int8 close to fp32 with %s pooling',
    async (pooling) => {
      const base = { model: join(folder, 'model'), pooling, threads: 1 }
      const int8 = await createTransformersEncoder(encoderConfig(base))
      const fp32 = await createTransformersEncoder(encoderConfig({ ...base, precision: 'fp32' }))
      for (const text of ['undo my last git commit', PUBLISHED.sentences.join(' ').repeat(8)]) {
        const [a, b] = [await int8.embed(text), await fp32.embed(text)]
        expect(cosine(a, b)).toBeGreaterThan(0.985)
        expect(sideCosine(a, b)).toBeGreaterThan(0.985)
      }
      await Promise.all([int8.close(), fp32.close()])
    },
  )
})

describe('the graphs', () => {
  const texts = ['hello', 'why do cats purr when they sleep?']

  const vectorsOf = async (name: string, graph: Buffer, precision: 'int8' | 'fp32') => {
    const target = join(folder, name)
    const file = precision === 'fp32' ? 'onnx/model.onnx' : 'onnx/model_quantized.onnx'
    writeModelFolder(target, findSourcePackage().folder, { [file]: graph })
    const model = await loadModel({ folder: target, precision, threads: 1, maxTokens: 256 })
    const outputs = []
    for (const text of texts) outputs.push(await model.run(text))
    await model.dispose()
    return outputs
  }
  const asVector = (data: ArrayLike<number> | undefined) => Float32Array.from(data ?? [])

  it('compute the same with recentred weights, in every layer', async () => {
    const { source, config } = sourceOf()
    const small = { ...config, num_hidden_layers: 2 }
    const calibration = readCalibration(calibrationPath(MODEL_NAME))
    const layers = calibration.layers.slice(0, 2)
    const before = await vectorsOf('before', buildEncoderGraph({ source, config: small }), 'fp32')
    const centred = buildEncoderGraph({ source: recentre(source, { layers }), config: small })
    const after = await vectorsOf('after', centred, 'fp32')
    for (const [at, outputs] of before.entries()) {
      const [a, b] = [outputs, after[at]].map((run) => asVector(run?.sentence_embedding?.data))
      expect(cosine(a as Float32Array, b as Float32Array)).toBeGreaterThan(0.999999)
    }
  })

  it('give pools of middle layers where asked, the same in int8 as in fp32', async () => {
    const { source, config } = sourceOf()
    const outputs = [{ name: 'middle', pool: 'mean' as const, layer: 3 }]
    const calibration = readCalibration(calibrationPath(MODEL_NAME))
    const int8 = await vectorsOf(
      'middle-int8',
      buildEncoderGraph({ source, config, calibration, outputs }),
      'int8',
    )
    const fp32 = await vectorsOf(
      'middle-fp32',
      buildEncoderGraph({ source, config, outputs }),
      'fp32',
    )
    for (const [at, run] of int8.entries()) {
      expect(Object.keys(run)).toEqual(['middle'])
      const similarity = cosine(asVector(run.middle?.data), asVector(fp32[at]?.middle?.data))
      expect(similarity).toBeGreaterThan(0.99)
    }
  })

  it('give `features` beside the very embedding that they give without it', async () => {
    const { source, config } = sourceOf()
    const calibration = readCalibration(calibrationPath(MODEL_NAME))
    const graph = buildEncoderGraph({ source, config, calibration })
    const without = await vectorsOf('no-features', graph, 'int8')
    const model = await loadModel({
      folder: join(folder, 'model'),
      precision: 'int8',
      threads: 1,
      maxTokens: 256,
    })
    for (const [at, text] of texts.entries()) {
      const run = await model.run(text)
      expect(run.features?.dims).toEqual([1, FEATURE_INPUTS])
      expect(run.sentence_embedding?.data).toEqual(without[at]?.sentence_embedding?.data)
      // Layer 6's mean is the sentence embedding before it is scaled to length 1.
      const mean = Float32Array.from(run.features?.data ?? []).slice(768, 1_152)
      const embedding = asVector(run.sentence_embedding?.data)
      expect(cosine(toUnitLength(mean), embedding)).toBeCloseTo(1, 5)
    }
    await model.dispose()
  })

  it('have a plain form for benchmarks that any transformers.js pipeline can pool', async () => {
    const out = join(folder, 'plain')
    await buildModel({ out, graph: 'plain' })
    expect(existsSync(join(out, 'onnx/model_quantized.onnx'))).toBe(true)
    const plain = await createTransformersEncoder(encoderConfig({ model: out, threads: 1 }))
    const fused = await createTransformersEncoder(
      encoderConfig({ model: join(folder, 'model'), threads: 1 }),
    )
    expect(plain).toMatchObject({ dimensions: 384, searchDimensions: 384 })
    for (const text of texts) {
      expect(cosine(await plain.embed(text), await fused.embed(text))).toBeGreaterThan(0.97)
    }
    await Promise.all([plain.close(), fused.close()])
  })
})

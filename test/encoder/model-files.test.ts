import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildFolder, ensureModel } from '../../src/encoder/ensure-model.ts'
import { modelsFolder, verifyModelFiles } from '../../src/encoder/model-files.ts'
import { createSupervisedEncoder } from '../../src/encoder/supervised.ts'
import { createRecordingLogger, encoderConfig } from './support.ts'

const choice = encoderConfig()
const graph = 'all-MiniLM-L6-v2/onnx/model_quantized.onnx'
let models: string

beforeAll(async () => {
  await ensureModel(choice, createRecordingLogger())
})

beforeEach(() => {
  models = mkdtempSync(join(tmpdir(), 'signalbox-models-'))
  mkdirSync(join(models, 'all-MiniLM-L6-v2/onnx'), { recursive: true })
  for (const file of [
    'lock.json',
    'all-MiniLM-L6-v2/config.json',
    'all-MiniLM-L6-v2/tokenizer.json',
    'all-MiniLM-L6-v2/tokenizer_config.json',
    graph,
  ]) {
    cpSync(join(modelsFolder(), file), join(models, file))
  }
})

afterEach(() => rmSync(models, { recursive: true, force: true }))

describe('the files of a model', () => {
  it('name the encoder by model, precision, pooling and hash', async () => {
    const found = await verifyModelFiles(choice, models)
    expect(found.encoderId).toMatch(/^all-MiniLM-L6-v2\/int8\/mean@[0-9a-f]{8}$/)
    expect(found.isLocked).toBe(true)
  })

  it.each([
    ['is missing', () => rmSync(join(models, graph))],
    ['has sha256', () => truncateSync(join(models, graph), 1_000_000)],
    ['has sha256', () => writeFileSync(join(models, 'all-MiniLM-L6-v2/tokenizer.json'), '{}')],
  ])(
    'of a locked model are refused when one %s, with the command that mends it',
    async (problem, damage) => {
      damage()
      const rejection = expect(verifyModelFiles(choice, models)).rejects
      await rejection.toMatchObject({
        code: 'model_files_invalid',
        message: expect.stringMatching(
          new RegExp(`${problem}.*build-model\\.js --precision int8`, 's'),
        ),
        details: { isBuiltIn: true },
      })
    },
  )

  it('of a locked model are also taken from beside the data', async () => {
    const dataModels = join(models, 'beside-data')
    mkdirSync(dataModels)
    renameSync(join(models, 'all-MiniLM-L6-v2'), join(dataModels, 'all-MiniLM-L6-v2'))
    const found = await verifyModelFiles(choice, models, dataModels)
    expect(found).toMatchObject({ folder: join(dataModels, 'all-MiniLM-L6-v2'), isLocked: true })
  })

  it('of any other folder are hashed, and another file makes another encoder id', async () => {
    const own = { ...choice, model: join(models, 'all-MiniLM-L6-v2') }
    const before = await verifyModelFiles(own)
    writeFileSync(join(own.model, 'tokenizer_config.json'), '{}')
    const after = await verifyModelFiles(own)
    expect(before.isLocked).toBe(false)
    expect(after.encoderId).not.toBe(before.encoderId)
  })
})

describe('a built-in model is built', () => {
  it('in the folder of the program, where that can be written', () => {
    expect(buildFolder('some-model', models, '/data/models')).toBe(join(models, 'some-model'))
  })

  it('beside the data, where it cannot', () => {
    const absent = join(models, 'absent')
    expect(buildFolder('some-model', absent, '/data/models')).toBe('/data/models/some-model')
  })
})

describe('starting an encoder', () => {
  it('fails with a clear error where a foreign model is not there', async () => {
    const absent = { ...choice, model: join(models, 'absent') }
    const failure = { code: 'model_files_invalid', message: expect.stringContaining('absent') }
    await expect(ensureModel(absent, createRecordingLogger())).rejects.toMatchObject(failure)
    const start = createSupervisedEncoder({ config: absent, logger: createRecordingLogger() })
    await expect(start).rejects.toMatchObject(failure)
  })

  it('fails with a clear error where the graph is damaged', async () => {
    truncateSync(join(models, graph), 1_000_000)
    const damaged = { ...choice, model: join(models, 'all-MiniLM-L6-v2') }
    const start = createSupervisedEncoder({ config: damaged, logger: createRecordingLogger() })
    await expect(start).rejects.toMatchObject({
      code: 'model_files_invalid',
      message: expect.stringContaining('does not load'),
    })
  })
})

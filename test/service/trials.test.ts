// What is tried out is decided with the generation that was asked for, and stored nowhere.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultConfig } from '../../src/config/default-config.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import { LOCAL_PRINCIPAL } from '../../src/core/decide/gateway-key.ts'
import type { Classify } from '../../src/routing/classify.ts'
import { createTrials } from '../../src/service/trials.ts'
import type { Generation } from '../../src/vector-index/generation.ts'
import { openGeneration } from '../../src/vector-index/open-generation.ts'
import { ENCODER_ID, madeRows, SHAPE, writeMadeGeneration } from '../support/made-generations.ts'

const LOADED = {
  config: checkConfig(defaultConfig({}), 'The defaults'),
  version: 'v1',
  text: '',
  path: null,
}

describe('a trial', () => {
  let indexDir: string
  let serving: Generation

  beforeAll(async () => {
    indexDir = await mkdtemp(join(tmpdir(), 'signalbox-trials-'))
    await writeMadeGeneration(indexDir, madeRows({ perRoute: 4, seed: 1 }))
    await writeMadeGeneration(indexDir, madeRows({ perRoute: 4, seed: 2 }))
    serving = await openGeneration(indexDir, 2)
  })

  /** Says which generation it was asked for. */
  const classify: Classify = async (_text, _stopwatch, _signal, options) => ({
    classification: null,
    embedding: null,
    generation: options?.asked ?? null,
    degradedBy: 'encoder_unavailable',
  })

  const tryWith = (generation?: number, isWarm = true) => {
    const engine = {
      classify,
      generation: () => serving,
      encoderIdentity: () => (isWarm ? { id: ENCODER_ID, ...SHAPE } : null),
    }
    return createTrials({ engine, indexDir })(LOADED)({
      messages: [{ role: 'user', content: 'write a poem about the sea' }],
      principal: LOCAL_PRINCIPAL,
      signal: new AbortController().signal,
      ...(generation === undefined ? {} : { generation }),
    })
  }

  it('is decided by the generation that serves, or by the one that is asked for', async () => {
    expect((await tryWith()).decision.indexGeneration).toBe(2)
    expect((await tryWith(1)).decision.indexGeneration).toBe(1)
    expect((await tryWith(1)).decision.configVersion).toBe('v1')
  })

  it('says which generations there are where the one asked for is not among them', async () => {
    await expect(tryWith(7)).rejects.toThrow('There is no generation 7; generations: 1, 2.')
  })

  it('waits for the encoder before another generation is opened', async () => {
    await expect(tryWith(1, false)).rejects.toMatchObject({ code: 'encoder_unavailable' })
  })
})

// A pipeline as the server has it, for benches: the real decision and its store, and models that answer nothing at once.
import { createHash } from 'node:crypto'
import { v7 as uuidV7 } from 'uuid'
import type { Config } from '../../src/config/config-schema.ts'
import { silentLogger as logger } from '../../src/core/logger.ts'
import { createPipeline, type Pipeline } from '../../src/pipeline.ts'
import type { Classify } from '../../src/routing/classify.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store, StoreText } from '../../src/store/store.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const openStore = (
  file: string,
  storeText: StoreText,
  flushIntervalMs = 20,
): Promise<Store> =>
  createSqliteStore({ file, storeText, flushIntervalMs, queueLimit: 10_000, logger })

export interface BenchPipelineOptions {
  config: Config
  classify: Classify
  store: Parameters<typeof createPipeline>[0]['store']
  configVersion?: string
  onDecision?: Parameters<typeof createPipeline>[0]['onDecision']
}

export const createBenchPipeline = (options: BenchPipelineOptions): Pipeline =>
  createPipeline({
    configVersion: 'bench',
    onDecision: () => undefined,
    ...options,
    callUpstream: async () => ({
      kind: 'reply',
      attempts: [],
      reply: { kind: 'json', status: 200, body: {}, usage: null },
    }),
    recordCompletion: () => undefined,
    digest: sha256,
    newId: uuidV7,
    now: Date.now,
  })

/** A prompt as its only message, without a session. */
export const askFor = (content: string): Parameters<Pipeline['route']>[0] => ({
  requestId: 'bench',
  model: 'auto',
  messages: [{ role: 'user', content }],
  sessionId: null,
  signal: new AbortController().signal,
})

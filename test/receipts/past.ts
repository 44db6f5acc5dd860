// A past to explain: the real pipeline, classifier and store over a fake encoder, with generations that change under it.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import type { Config } from '../../src/config/config-schema.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import type { ClassifierModel } from '../../src/core/classifier/classifier.ts'
import { fitClassifier } from '../../src/core/classifier/fit.ts'
import type { Principal } from '../../src/core/decide/gateway-key.ts'
import type { PromptMessage } from '../../src/core/prompt/prompt.ts'
import type { Decision, Exemplar } from '../../src/core/types.ts'
import { createPipeline, type Pipeline } from '../../src/pipeline.ts'
import { createClassify } from '../../src/routing/classify.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { StoreText } from '../../src/store/store.ts'
import type { Generation } from '../../src/vector-index/generation.ts'
import type { GenerationDraft } from '../../src/vector-index/generation-draft.ts'
import { loadGeneration } from '../../src/vector-index/generation-loader.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { threadHere } from '../store/thread-here.ts'
import { createHashingEncoder } from '../support/hashing-encoder.ts'
import { smallTraining } from '../support/small-training.ts'
import { temporaryFolder } from '../support/training-folder.ts'

/** An answer that came at once. */
/** Turns of the event loop that a busy encoder takes for a prompt. */
const SLOW_TURNS = 5

const ATTEMPT = { provider: 'demo', startedAtMs: 1, durationMs: 1, status: 200, errorCode: null }

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const ROUTES = ['code', 'cooking', 'travel', 'finance', 'fitness']
const NONE = ['turn the lights off', 'call my mother now', 'set a timer', 'play the next song']

export const pastConfig = (changes: Record<string, unknown> = {}): Config =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: {
        plain: { provider: 'demo', name: 'a', capabilities: [] },
        tooled: { provider: 'demo', name: 'b', capabilities: ['tools'] },
      },
      routes: {
        ...Object.fromEntries(ROUTES.map((route) => [route, { models: ['plain', 'tooled'] }])),
        general: { models: ['tooled'] },
      },
      default_route: 'general',
      ...changes,
    },
    'the test configuration',
  )

const exemplarsOf = (extra: readonly Exemplar[]): Exemplar[] => [
  ...Object.values(smallTraining())
    .flat()
    .map((line, i) => {
      const { text, route } = line as { text: string; route: string }
      return { id: `e${i}`, text, route, source: 'seed' as const }
    }),
  ...NONE.map((text, i) => ({ id: `n${i}`, text, route: 'none', source: 'seed' as const })),
  ...extra,
]

const encoder = createHashingEncoder()
const { id: encoderId, dimensions, searchDimensions } = encoder

const embedAll = async (texts: readonly string[]): Promise<Float32Array> => {
  const vectors = new Float32Array(texts.length * dimensions)
  for (const [i, text] of texts.entries()) vectors.set(await encoder.embed(text), i * dimensions)
  return vectors
}

/** Fitted once for each set of exemplars: it takes most of a test's time. */
const fitted = new Map<string, Promise<{ vectors: Float32Array; classifier: ClassifierModel }>>()

const fittedOn = (exemplars: readonly Exemplar[]) => {
  const texts = exemplars.map(({ text }) => text)
  const routes = exemplars.map(({ route }) => route)
  const key = JSON.stringify([texts, routes])
  const known =
    fitted.get(key) ??
    embedAll(texts).then((vectors) => {
      const set = { vectors, dimensions, searchDimensions, routes, texts }
      return { vectors, classifier: fitClassifier(set, { seed: 1 }).model }
    })
  fitted.set(key, known)
  return known
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export interface Asked {
  model?: string
  sessionId?: string
  user?: string
  principal?: Principal
  /** Fields of the body. */
  body?: object
  /** True for a step of a tool loop: the last turn's tools have answered. */
  isToolStep?: boolean
}

export interface Answered {
  decision: Decision
  config: Config
}

export type Past = Awaited<ReturnType<typeof createPast>>

/** @param storeText what is kept of prompts */
export const createPast = async (storeText: StoreText = 'full') => {
  const dir = await temporaryFolder()
  const indexDir = join(dir, 'data', 'index')
  const databaseFile = join(dir, 'data', 'signalbox.db')
  const store = await createSqliteStore({
    file: databaseFile,
    storeText,
    flushIntervalMs: 5,
    queueLimit: 10_000,
    logger: silent,
    startThread: threadHere,
  })
  onTestFinished(() => store.close())
  let serving: Generation | null = null
  let isEncoderDown = false
  let isEncoderPressed = false
  let pipeline: Pipeline | null = null
  const answered: Answered[] = []
  let ids = 0
  let nowMs = 1_700_000_000_000

  const serve = async (number: number): Promise<void> => {
    serving = await loadGeneration(indexDir, number, { encoderId, dimensions })
  }

  return {
    /** With `data` in it, as commands expect it. */
    dir,
    store,
    indexDir,
    databaseFile,
    encoder,
    /** Every decision as it was made, and under which configuration. */
    answered,
    serving: () => serving,
    /** Builds the next generation and serves by it; `parameters` stand in for fitted ones. */
    build: async (
      extra: readonly Exemplar[] = [],
      outcomes: GenerationDraft['outcomes'] = null,
      parameters: ClassifierModel['parameters'] = {},
    ): Promise<number> => {
      const exemplars = exemplarsOf(extra)
      const { vectors, classifier } = await fittedOn(exemplars)
      const { generation } = await writeGeneration(indexDir, {
        exemplars,
        vectors,
        classifier: { ...classifier, parameters: { ...classifier.parameters, ...parameters } },
        ...{ dimensions, searchDimensions, encoderId },
        parentGeneration: null,
        seed: 1,
        hnsw: { m: 16, efConstruction: 200, efSearch: 64 },
        feedbackExemplars: extra.length,
        outcomes,
        heldOut: null,
        createdAtMs: nowMs,
        minRecall: 0.99,
        hnswMinimum: 1,
      })
      await serve(generation)
      return generation
    },
    /** Serves by a generation that there is already. */
    serve,
    /** It has too much to do: what the words are sure of does not wait for it. */
    pressEncoder: (isPressed: boolean): void => {
      isEncoderPressed = isPressed
    },
    stopEncoder: (isDown: boolean): void => {
      isEncoderDown = isDown
    },
    /** Time passes. */
    wait: (ms: number): void => {
      nowMs += ms
    },
    configure: async (config: Config): Promise<string> => {
      const text = stringify(config)
      const version = sha256(text).slice(0, 12)
      await store.saveConfigVersion({ hash: version, text, author: 'test', createdAtMs: nowMs })
      pipeline = createPipeline({
        config,
        configVersion: version,
        classify: createClassify({
          encoder: {
            isPressed: () => isEncoderPressed,
            embed: async (prompt) => {
              for (let i = 0; isEncoderPressed && i < SLOW_TURNS; i++) await nextTurn()
              if (isEncoderDown) throw new Error('no encoder')
              return encoder.embed(prompt)
            },
          },
          generation: () => serving,
          neighbours: config.index.neighbours,
          isWordsFirst: config.encoder.words_first,
        }),
        callUpstream: async ({ decision: { model } }) => ({
          kind: 'reply',
          attempts: [{ ...ATTEMPT, model }],
          reply: { kind: 'json', status: 200, body: {}, usage: null },
        }),
        store,
        recordCompletion: () => undefined,
        onDecision: () => undefined,
        onAnswered: (decision, settings) => void answered.push({ decision, config: settings }),
        digest: sha256,
        newId: () => `0198c0de-0000-7000-8000-${String(++ids).padStart(12, '0')}`,
        now: () => nowMs++,
      })
      return version
    },
    /** Asks with the last of `turns`; an answer stands between each two. */
    ask: async (turns: string[], asked: Asked = {}): Promise<string> => {
      if (!pipeline) throw new Error('configure first')
      const messages = turns.flatMap((content, i): PromptMessage[] => [
        ...(i > 0 ? [{ role: 'assistant' as const, content: 'Here it is.' }] : []),
        { role: 'user', content },
      ])
      const { model = 'auto', sessionId = null, user, principal, body = {} } = asked
      if (asked.isToolStep) messages.push({ role: 'tool', content: '{}' })
      const { decision } = await pipeline.chat({
        requestId: 'r',
        ...{ model, messages, sessionId },
        ...(principal && { principal }),
        signal: new AbortController().signal,
        body: { model, messages, ...(user && { user }), ...body },
      })
      return decision.id
    },
  }
}

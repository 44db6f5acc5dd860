// A server's middle without its ends: two generations on disk, a live index, classify, the pipeline and the arms, over a
// store in memory and an encoder that knows its prompts by heart.
import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { type ArmsService, createArms } from '../../src/arms/arms.ts'
import type { Config } from '../../src/config/config-schema.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import type { ArmVote, ShadowDecision } from '../../src/core/records/arm-records.ts'
import type { Decision } from '../../src/core/types.ts'
import { createPipeline } from '../../src/pipeline.ts'
import { createClassify } from '../../src/routing/classify.ts'
import { createRememberedClassify } from '../../src/routing/remembered-classify.ts'
import { setCurrent } from '../../src/vector-index/generation-store.ts'
import { createLiveIndex, type LiveIndex } from '../../src/vector-index/live.ts'
import {
  ENCODER_ID,
  type MadeRow,
  ROUTES,
  SHAPE,
  writeMadeGeneration,
} from '../support/made-generations.ts'
import { createLog, type LogLine, temporaryFolder } from '../vector-index/support/fixtures.ts'

export interface ArmsSetup {
  dir: string
  index: LiveIndex
  arms: ArmsService
  config: Config
  lines: LogLine[]
  decisions: Decision[]
  shadowed: ShadowDecision[]
  /** Votes in the store, as the watch reads them. */
  votes: ArmVote[]
  /** Milliseconds that pass only when a test says so. */
  clock: { nowMs: number }
  /** @param earlier the turn before it, where there was one */
  route(row: MadeRow, sessionId?: string | null, earlier?: MadeRow): Promise<Decision>
  vote(decision: Decision, isBad: boolean): void
}

const configOf = (canary: object): Config =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: { small: { provider: 'demo', name: 'small-1' } },
      routes: Object.fromEntries([...ROUTES, 'general'].map((r) => [r, { models: ['small'] }])),
      default_route: 'general',
      training: { canary },
    },
    'the test configuration',
  )

const createMemoryStore = () => {
  const decisions: Decision[] = []
  const shadowed: ShadowDecision[] = []
  const votes: ArmVote[] = []
  return {
    decisions,
    shadowed,
    votes,
    store: {
      recordDecision: (decision: Decision) => void decisions.push(decision),
      addShadowDecisions: async (rows: ShadowDecision[]) => void shadowed.push(...rows),
      shadowSummary: async () => ({ decisions: 0, differing: 0, moves: [], examples: [] }),
      listArmVotes: async (query: { decidedSinceMs: number; votedSinceMs: number }) =>
        votes.filter(({ decisionId, atMs }) => {
          const decision = decisions.find(({ id }) => id === decisionId)
          const isRecent = (decision?.createdAtMs ?? 0) >= query.decidedSinceMs
          return isRecent && atMs >= query.votedSinceMs
        }),
    },
  }
}

/** The first generation is current. `prompts` are the rows that the encoder knows. */
export const createArmsSetup = async (
  generations: readonly (readonly MadeRow[])[],
  prompts: readonly MadeRow[],
  canary: object = {},
): Promise<ArmsSetup> => {
  const dir = await temporaryFolder()
  for (const rows of generations) await writeMadeGeneration(dir, rows)
  await setCurrent(dir, 1)
  const { lines, logger } = createLog()
  const { dimensions } = SHAPE
  const index = createLiveIndex({ dir, encoderId: ENCODER_ID, dimensions, logger, pollMs: 1e9 })
  onTestFinished(() => index.close())
  await index.start()
  const config = configOf(canary)
  const { store, ...kept } = createMemoryStore()
  const clock = { nowMs: 1_000 }
  const now = () => clock.nowMs
  const engine = {
    generation: index.current,
    canary: index.canary,
    shadow: index.shadow,
    armsStatus: index.armsStatus,
    reload: async () => void (await index.reload()),
  }
  const arms = createArms({ dir, engine, store, config: () => config, logger, now })
  onTestFinished(() => arms.close())
  const vectors = new Map(prompts.map(({ text, vector }) => [text, vector]))
  const encoder = {
    embed: async (text: string) => {
      const vector = vectors.get(text)
      if (!vector) throw new Error('a prompt that nobody told the encoder')
      return vector
    },
  }
  let ids = 0
  const pipeline = createPipeline({
    config,
    configVersion: 'c0ffee',
    classify: createRememberedClassify({
      classify: createClassify({ encoder, generation: index.current, neighbours: 10 }),
      generation: index.current,
      size: 100,
    }),
    callUpstream: () => Promise.reject(new Error('nothing is called here')),
    store,
    recordCompletion: () => {},
    onDecision: () => {},
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    newId: () => `d${++ids}`,
    now,
    chooseArm: arms.choose,
    onAnswered: arms.offer,
  })
  return {
    ...kept,
    dir,
    index,
    arms,
    config,
    lines,
    clock,
    route: ({ text }, sessionId = null, earlier) =>
      pipeline.route({
        requestId: 'r',
        model: 'auto',
        messages: [
          ...(earlier
            ? [
                { role: 'user', content: earlier.text },
                { role: 'assistant', content: 'Here you are.' },
              ]
            : []),
          { role: 'user', content: text },
        ],
        sessionId,
        signal: new AbortController().signal,
      }),
    vote: (decision, isBad) => {
      const { id: decisionId, sessionId, arm, indexGeneration: generation } = decision
      if (!arm || generation === null) throw new Error('no arm made this decision')
      kept.votes.push({ decisionId, sessionId, arm, generation, isBad, atMs: clock.nowMs })
    },
  }
}

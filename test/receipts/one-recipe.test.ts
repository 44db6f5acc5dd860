// One recipe of a decision: what the pipeline decided, a receipt, the shadow and a replay decide as well.
import { expect, it, vi } from 'vitest'
import { principalOf } from '../../src/access/principal-of.ts'
import { createShadow } from '../../src/arms/shadow.ts'
import type { StoredKey } from '../../src/core/decide/gateway-key.ts'
import type { ShadowDecision } from '../../src/core/records/arm-records.ts'
import type { Decision } from '../../src/core/types.ts'
import { explainMany } from '../../src/receipts/explain-decision.ts'
import { replay } from '../../src/training/replay/replay.ts'
import { type Asked, createPast, type Past, pastConfig } from './past.ts'

vi.setConfig({ testTimeout: 120_000 })

const PROMPTS = [
  'how long do I roast a chicken of three kilos',
  'my python function never ends, fix the loop',
  'a week in lisbon with a baby: what should I see',
  'is it worth paying off my mortgage early',
  'how do I learn ten pull ups',
  'turn the lights off',
  'zxcv qwer asdf',
  'write a bash script that removes old log files',
]
const FOLLOW_UPS = ['yes', 'and for two?', 'shorter please', 'now in java']
const TOOLS = { tools: [{ type: 'function', function: { name: 'f' } }] }

const KEY: StoredKey = {
  ...{ id: 'k1', name: 'of two routes', owner: null, roles: ['inference'], models: null },
  ...{ routes: ['cooking', 'general'], limits: {}, createdAtMs: 1, createdBy: 'cli' },
  ...{ expiresAtMs: null, revokedAtMs: null, salt: '00', hash: '00' },
}

/** Trained routes of which one is not configured. */
const config = () => {
  const { fitness: _, ...routes } = pastConfig().routes
  return pastConfig({ routes })
}

/** Ten requests of each prompt and round, one or more of every kind. */
const askAll = async (past: Past, round: number, prompt: string): Promise<void> => {
  const session = (name: string): Asked => ({ sessionId: `${name} ${round} ${prompt}` })
  const [first = '', second = ''] = [FOLLOW_UPS[round % 4], FOLLOW_UPS[(round + 1) % 4]]
  await past.ask([prompt])
  await past.ask([prompt, first])
  await past.ask([prompt], { model: 'route:travel' })
  await past.ask([prompt], { model: 'plain' })
  await past.ask([prompt], { principal: principalOf(KEY, config()) })
  await past.ask([prompt], { body: TOOLS })
  await past.ask([prompt], session('memory'))
  await past.ask([second], session('memory'))
  await past.ask([prompt], { ...session('memory'), isToolStep: true })
  await past.ask([prompt], { ...session('loop') })
  await past.ask([prompt], { ...session('loop'), isToolStep: true })
  await past.ask(['!!!'])
  past.stopEncoder(true)
  await past.ask([prompt])
  past.stopEncoder(false)
}

const ROUNDS = 2

/** What the shadow makes of decisions, by their ids. */
const shadowed = async (past: Past): Promise<Map<string, ShadowDecision>> => {
  const rows: ShadowDecision[] = []
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const shadow = createShadow({
    generation: past.serving,
    store: { addShadowDecisions: async (made) => void rows.push(...made) },
    logger: silent,
    now: () => 1,
    queueLimit: 1_000,
  })
  for (const { decision, config: settings } of past.answered) shadow.offer(decision, settings)
  await shadow.close()
  return new Map(rows.map((row) => [row.decisionId, row]))
}

/** Why no other generation would have decided it otherwise; null where it was the classifier's to decide. */
const kindOf = ({ reason, inherited, routingText }: Decision): string | null => {
  if (reason === 'pinned') return reason
  if (inherited?.source === 'tool_loop') return 'tool_loop'
  if (reason === 'degraded' || reason === 'constrained') return reason
  return routingText.hasSignal ? null : 'no_signal'
}

const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

it('decides 208 mixed requests alike in the pipeline, a receipt, the shadow and a replay', async () => {
  const past = await createPast()
  await past.store.createKey(KEY)
  await past.build()
  await past.configure(config())
  for (let round = 0; round < ROUNDS; round++) {
    for (const prompt of PROMPTS) await askAll(past, round, prompt)
  }
  await past.store.flush()
  const decisions = past.answered.map(({ decision }) => decision)
  expect(decisions).toHaveLength(13 * PROMPTS.length * ROUNDS)
  const reasons = new Set(decisions.map(({ reason }) => reason))
  expect([...reasons].sort()).toEqual([
    'below_threshold',
    'constrained',
    'degraded',
    'matched',
    'no_signal',
    'none_of_the_above',
    'pinned',
    'session',
    'unconfigured_route',
  ])

  const ids = decisions.map(({ id }) => id)
  const receipts = await explainMany(ids, { store: past.store, indexDir: past.indexDir })
  expect(receipts.filter((receipt) => receipt?.verdict !== 'reproduced')).toEqual([])
  expect(receipts.map((receipt) => receipt?.remade?.route)).toEqual(decisions.map((d) => d.route))

  const own = decisions.filter((decision) => kindOf(decision) === null)
  const rows = await shadowed(past)
  expect(rows.size).toBe(own.length)
  for (const { id, route, reason, confidence } of own) {
    expect(rows.get(id)).toMatchObject({ route, reason, confidence })
  }

  const generation = past.serving()
  if (!generation) throw new Error('nothing serves')
  const settings = { generation, config: config(), store: past.store }
  const { report } = await replay({ ...settings, limit: 1_000, sinceMs: null })
  expect(report).toMatchObject({ replayed: own.length, changed: 0 })
  expect(report.skipped).toEqual(countBy(decisions.flatMap((one) => kindOf(one) ?? [])))
})

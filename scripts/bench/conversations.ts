// `npm run bench:conversations`: labelled conversations through the router as it is configured, beside
// the same without thresholds, the last human turn by itself and the last message alone. Exits 1 below 92 %.
import { Option } from 'commander'
import { loadConfig } from '../../src/config/load-config.ts'
import type { PromptMessage } from '../../src/core/prompt/prompt.ts'
import { NONE_ROUTE, type Reason } from '../../src/core/types.ts'
import { createRouter, type Router } from '../../src/index.ts'
import { percent } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import {
  type ConversationReport,
  evaluateConversations,
  type KindResult,
  lastMessageOnly,
  readConversations,
} from './evaluate-conversations.ts'
import { runBench } from './harness.ts'

const LEAST_SHARE = 0.92
const RULES = ['conversation', 'best route', 'last turn', 'last message'] as const

const routeWith = (router: Router) => async (messages: PromptMessage[]) =>
  (await router.route(messages)).route

const UNROUTED: ReadonlySet<Reason> = new Set(['below_threshold', 'none_of_the_above'])

/** The best route whatever its threshold: tells an abstention from a wrong guess. */
const bestWith = (router: Router) => async (messages: PromptMessage[]) => {
  const { reason, route, scores } = await router.route(messages)
  const best = scores.find((score) => score.route !== NONE_ROUTE)
  return UNROUTED.has(reason) && best ? best.route : route
}

const row = ({ kind, cases, right }: KindResult): string[] => [
  kind,
  String(cases),
  ...RULES.map((rule) => `${right[rule]} (${percent((right[rule] ?? 0) / cases)})`),
]

const describe = ({ kinds, total, wrong }: ConversationReport): string[] => [
  ...table([['kind', 'cases', ...RULES], ...[...kinds, total].map(row)]),
  ...wrong
    .filter(({ rule }) => rule === 'conversation')
    .map(({ id, kind, expected, got }) => `wrong: ${id} (${kind}) ${expected} → ${got}`),
]

const run = async ({ file }: { file: string }): Promise<ConversationReport> => {
  const cases = await readConversations(file)
  const loaded = loadConfig({ env: process.env, cwd: process.cwd() })
  // Rules are compared, not speed: nothing is decided by a deadline of a busy machine.
  const encoder = { ...loaded.config.encoder, deadline_ms: 30_000 }
  const patient = { ...loaded.config, encoder }
  const conversation = { ...loaded.config.conversation, inherit: false }
  const router = await createRouter({ loaded: { ...loaded, config: patient } })
  const alone = await createRouter({
    loaded: { ...loaded, config: { ...patient, conversation } },
  })
  try {
    const byItself = routeWith(alone)
    return await evaluateConversations(cases, {
      conversation: routeWith(router),
      'best route': bestWith(router),
      'last turn': byItself,
      'last message': (messages) => byItself(lastMessageOnly(messages)),
    })
  } finally {
    await Promise.all([router.close(), alone.close()])
  }
}

await runBench({
  name: 'bench:conversations',
  description: 'Route labelled conversations under several rules side by side.',
  options: [
    new Option('--file <file>', 'of the cases').default('test/quality/conversations.jsonl'),
  ],
  isTimed: false,
  run,
  describe,
  isMet: ({ total }) => (total.right.conversation ?? 0) / total.cases >= LEAST_SHARE,
})

// Labelled conversations → how many are routed right, by kind, under several rules side by side.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { PromptMessage } from '../../src/core/prompt/prompt.ts'
import { RouterError } from '../../src/errors.ts'
import { jsonLines } from '../../src/training/exemplars/json-lines.ts'

const conversationCase = z.object({
  id: z.string(),
  /** What it tries: follow_up, switch, tool_loop, … */
  kind: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })).min(1),
  route: z.string(),
})

export type ConversationCase = z.infer<typeof conversationCase>

export type RouteMessages = (messages: PromptMessage[]) => Promise<string>

const EXPECTED = 'expected {"id", "kind", "messages": [{"role", "content"}], "route"}'

export interface KindResult {
  kind: string
  cases: number
  /** Cases routed right under each rule. */
  right: Record<string, number>
}

export interface ConversationReport {
  kinds: KindResult[]
  total: KindResult
  wrong: { id: string; kind: string; rule: string; expected: string; got: string }[]
}

/** Cases of a JSONL file. @throws RouterError `invalid_exemplar` naming file and line, or an empty file */
export const readConversations = async (path: string): Promise<ConversationCase[]> => {
  const content = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new RouterError('invalid_exemplar', `${path} cannot be read (${cause.code}).`, { cause })
  })
  const cases = jsonLines(content).map((line) => {
    const parsed = conversationCase.safeParse('value' in line ? line.value : null)
    if (parsed.success) return parsed.data
    const why = 'error' in line ? line.error : EXPECTED
    throw new RouterError('invalid_exemplar', `${path}:${line.number}: ${why}`)
  })
  if (cases.length === 0) throw new RouterError('invalid_exemplar', `${path} has no rows.`)
  return cases
}

/** The last message alone, whoever wrote it: the rule that conversations are measured against. */
export const lastMessageOnly = (messages: readonly PromptMessage[]): PromptMessage[] => [
  { role: 'user', content: messages.at(-1)?.content ?? '' },
]

/** Every case under every rule, one after the other. Kinds are in the order of their first case. */
export const evaluateConversations = async (
  cases: readonly ConversationCase[],
  rules: Record<string, RouteMessages>,
): Promise<ConversationReport> => {
  const empty = (kind: string): KindResult => ({
    kind,
    cases: 0,
    right: Object.fromEntries(Object.keys(rules).map((rule) => [rule, 0])),
  })
  const total = empty('all')
  const kinds = new Map<string, KindResult>()
  const wrong: ConversationReport['wrong'] = []
  for (const { id, kind, messages, route } of cases) {
    const result = kinds.get(kind) ?? empty(kind)
    kinds.set(kind, result)
    result.cases += 1
    total.cases += 1
    for (const [rule, decide] of Object.entries(rules)) {
      const got = await decide(messages)
      if (got !== route) wrong.push({ id, kind, rule, expected: route, got })
      const point = got === route ? 1 : 0
      result.right[rule] = (result.right[rule] ?? 0) + point
      total.right[rule] = (total.right[rule] ?? 0) + point
    }
  }
  return { kinds: [...kinds.values()], total, wrong }
}

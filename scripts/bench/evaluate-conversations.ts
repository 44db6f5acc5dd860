// Labelled conversations → how many are routed right, by kind, under several rules side by side.
import { readFile } from 'node:fs/promises'
import type { PromptMessage } from '../../src/core/prompt/prompt.ts'
import { RouterError } from '../../src/errors.ts'

export interface ConversationCase {
  id: string
  /** What it tries: follow_up, switch, tool_loop, … */
  kind: string
  messages: PromptMessage[]
  route: string
}

export type RouteMessages = (messages: PromptMessage[]) => Promise<string>

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

const isMessage = (value: unknown): value is PromptMessage =>
  typeof value === 'object' && value !== null && typeof (value as PromptMessage).role === 'string'

const checked = (value: unknown, where: string): ConversationCase => {
  const { id, kind, messages, route } = (value ?? {}) as Record<string, unknown>
  const isCase =
    typeof id === 'string' &&
    typeof kind === 'string' &&
    typeof route === 'string' &&
    Array.isArray(messages) &&
    messages.length > 0 &&
    messages.every(isMessage)
  if (isCase) return { id, kind, route, messages }
  const expected = 'expected {"id", "kind", "messages": [{"role", "content"}], "route"}'
  throw new RouterError('invalid_exemplar', `${where}: ${expected}`)
}

const parse = (line: string, where: string): unknown => {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new RouterError('invalid_exemplar', `${where}: is not JSON`, { cause })
  }
}

/** Cases of a JSONL file. @throws RouterError `invalid_exemplar` naming file and line, or an empty file */
export const readConversations = async (path: string): Promise<ConversationCase[]> => {
  const content = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const message = `${path} cannot be read (${cause.code}).`
    throw new RouterError('invalid_exemplar', message, { cause })
  })
  const cases = content.split('\n').flatMap((line, i) => {
    const where = `${path}:${i + 1}`
    return line.trim() === '' ? [] : [checked(parse(line, where), where)]
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

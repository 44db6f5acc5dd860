// What the bench of receipts asks: prompts of every kind that the router decides differently, from our own files and, where
// there are any, the shared data sets.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Principal } from '../../src/core/decide/gateway-key.ts'
import type { PromptMessage } from '../../src/core/prompt/prompt.ts'
import { type Random, shuffled } from '../../src/core/statistics/random.ts'
import { note } from '../terminal/output.ts'
import { readJsonLines } from './read-json-lines.ts'

export interface BenchRequest {
  model: string
  messages: PromptMessage[]
  sessionId: string | null
  /** Of the body, beside model and messages. */
  body: object
  principal?: Principal
}

export interface Prompts {
  single: string[]
  conversations: PromptMessage[][]
}

const readLines = readJsonLines<Record<string, unknown>>

const SHARED = ['banking77.dev', 'task-routes.dev', 'clinc150.oos-dev']
const MOST_OF_A_FILE = 300

const readShared = async (root: string, random: Random): Promise<string[]> => {
  const texts: string[] = []
  for (const name of SHARED) {
    const path = join(root, '..', 'shared', 'data', `${name}.jsonl`)
    if (!existsSync(path)) {
      note(`skipping ${name}: there is no ${path}`)
      continue
    }
    const lines = shuffled(await readLines(path), random).slice(0, MOST_OF_A_FILE)
    texts.push(...lines.map(({ text }) => String(text)))
  }
  return texts
}

/** @param root the project's folder */
export const readPrompts = async (root: string, random: Random): Promise<Prompts> => {
  const heldOut = await readLines(join(root, 'training-data', 'held-out.jsonl'))
  const paraphrases = await readLines(join(root, 'test', 'quality', 'paraphrases.jsonl'))
  const talks = await readLines(join(root, 'test', 'quality', 'conversations.jsonl'))
  const own = [...heldOut.map(({ text }) => text), ...paraphrases.map(({ b }) => b)].map(String)
  return {
    single: shuffled([...own, ...(await readShared(root, random))], random),
    conversations: talks.map(({ messages }) => messages as PromptMessage[]),
  }
}

const TOOLS = { tools: [{ type: 'function', function: { name: 'look_up' } }] }
const FOLLOW_UPS = ['yes please', 'a bit shorter', 'now in French', 'why?', 'and with an example']
const BARE = ['???', '…', '!!']

/** `count` requests in a fixed mixture: in each twenty, twelve single prompts and eight of other kinds. */
export const planRequests = (
  { single, conversations }: Prompts,
  options: { count: number; from: number; routes: string[]; limited: Principal },
): BenchRequest[] => {
  const { count, from, routes, limited } = options
  return Array.from({ length: count }, (_, i): BenchRequest => {
    const n = from + i
    const pick = <T>(items: readonly T[]): T => items[n % items.length] as T
    const prompt = pick(single)
    const asked = (content: string, more: Partial<BenchRequest> = {}): BenchRequest => ({
      model: 'auto',
      messages: [{ role: 'user', content }],
      sessionId: null,
      body: {},
      ...more,
    })
    switch (n % 20) {
      case 12:
      case 13:
        return asked('', { messages: pick(conversations) })
      case 14:
        return asked(prompt, { sessionId: `session ${n}` })
      case 15:
        return asked(pick(FOLLOW_UPS), { sessionId: `session ${n - 1}` })
      case 16:
        return asked(prompt, { model: n % 40 < 20 ? `route:${pick(routes)}` : 'small' })
      case 17:
        return asked(prompt, { body: TOOLS })
      case 18:
        return asked(prompt, { principal: limited })
      case 19:
        return n % 40 < 20 ? asked(pick(BARE)) : asked('!!', { sessionId: `session ${n - 5}` })
      default:
        return asked(prompt)
    }
  })
}

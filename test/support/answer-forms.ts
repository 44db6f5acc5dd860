// What a client of each dialect makes of an answer, and the answers of servers that call themselves OpenAI-compatible.
import { createDialectRig, type Loose, type Spec, type Told } from './dialect-rig.ts'

export const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  id: 'chatcmpl-q1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'served-name',
  choices: [{ index: 0, delta, finish_reason: finish, ...more }],
})
export const whole = (
  message: object,
  finish: string | null = 'stop',
  more: object = {},
): Spec => ({
  json: {
    id: 'chatcmpl-q1',
    object: 'chat.completion',
    created: 1,
    model: 'served-name',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
    ...more,
  },
})
export const piece = (index: number | null, id: unknown, name: unknown, written: unknown) => ({
  ...(index === null ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  type: 'function',
  function: { ...(name === undefined ? {} : { name }), arguments: written },
})
export const calls = (...pieces: object[]) => chunk({ tool_calls: pieces })
export const stream = (...events: unknown[]): Spec => ({ sse: [...events, '[DONE]'] })

export const question = { role: 'user', content: 'How deep is the lake?' }
export const DOORS: Record<string, { path: string; body: object }> = {
  chat: { path: '/v1/chat/completions', body: { messages: [question] } },
  messages: { path: '/v1/messages', body: { max_tokens: 90, messages: [question] } },
  responses: { path: '/v1/responses', body: { input: 'How deep is the lake?' } },
}

export interface Read {
  text: string
  thoughts: string
  calls: { id: string; name: string; input: string }[]
  end: string | null
  error: boolean
}

/** What an Anthropic client makes of the answer. */
const readMessages = ({ json, events, isClean }: Told): Read => {
  const blocks: Loose[] = json?.content ? json.content : []
  let end: string | null = json?.stop_reason ?? null
  for (const event of json?.content ? [] : events) {
    if (event.type === 'content_block_start') blocks.push({ ...event.content_block, got: '' })
    const { delta } = event
    if (event.type === 'content_block_delta') {
      blocks[event.index].got += delta.text ?? delta.thinking ?? delta.partial_json ?? ''
    }
    if (event.type === 'message_delta') end = delta.stop_reason
  }
  const of = (type: string) => blocks.filter((block) => block.type === type)
  return {
    text: of('text')
      .map((block) => block.got ?? block.text)
      .join(''),
    thoughts: of('thinking')
      .map((block) => block.got ?? block.thinking)
      .join(''),
    calls: of('tool_use').map(({ id, name, input, got }) => ({
      id,
      name,
      input: got ?? JSON.stringify(input),
    })),
    end,
    error: !isClean || events.some(({ type }) => type === 'error'),
  }
}

const readResponses = ({ json, events, isClean }: Told): Read => {
  const last = events.findLast(({ type }) => /^response\.(completed|incomplete|failed)$/.test(type))
  const response = last?.response ?? json
  const items: Loose[] = response?.output ?? []
  return {
    text: items
      .filter(({ type }) => type === 'message')
      .flatMap(({ content }) => content.map((part: Loose) => part.text ?? ''))
      .join(''),
    thoughts: items
      .filter(({ type }) => type === 'reasoning')
      .map((item) => JSON.stringify(item))
      .join(''),
    calls: items
      .filter(({ type }) => type === 'function_call')
      .map((item) => ({ id: item.call_id, name: item.name, input: item.arguments })),
    end: response?.status ?? null,
    error: !isClean || response?.status === 'failed',
  }
}

/** By the rules of OpenAI's own clients: strings of one call are put together by index. */
export const readChat = ({ json, events, isClean }: Told): Read => {
  if (json?.choices) {
    const { message, finish_reason: end } = json.choices[0]
    const told = (message.tool_calls ?? []).map(({ id, function: fn }: Loose) => ({
      id,
      name: fn.name,
      input: fn.arguments,
    }))
    const thoughts = message.reasoning_content ?? ''
    return { text: message.content ?? '', thoughts, calls: told, end, error: false }
  }
  const read: Read = { text: '', thoughts: '', calls: [], end: null, error: !isClean }
  for (const event of events) {
    if (event.error) read.error = true
    for (const { delta, finish_reason: end } of event.choices ?? []) {
      read.text += delta.content ?? ''
      read.thoughts += delta.reasoning_content ?? ''
      for (const { index, id = '', function: fn } of delta.tool_calls ?? []) {
        read.calls[index] ??= { id: '', name: '', input: '' }
        read.calls[index].id += id
        read.calls[index].name += fn?.name ?? ''
        read.calls[index].input += fn?.arguments ?? ''
      }
      read.end ??= end ?? null
    }
  }
  return read
}

export const READERS: Record<string, (told: Told) => Read> = {
  chat: readChat,
  messages: readMessages,
  responses: readResponses,
}

export const askAll = async (answer: Spec, more: object = {}): Promise<Record<string, Read>> => {
  const rig = await createDialectRig()
  const isStream = answer.sse !== undefined
  const reads: Record<string, Read> = {}
  for (const [door, { path, body }] of Object.entries(DOORS)) {
    const told = await rig.ask(path, { model: 'oai', ...body, stream: isStream, ...more }, answer)
    reads[door] = READERS[door]?.(told) as Read
  }
  return reads
}

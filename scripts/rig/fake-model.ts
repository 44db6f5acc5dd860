// The provider behind the router: a model that does one task as an agent would. Offered a tool that runs commands, it
// calls it once; given its result, it says that it is done. Chat completions, whole and as a stream.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isObject, type JsonObject, objectsOf, textOf } from '../../src/dialects/json.ts'

export interface FakeModel {
  url: string
  /** Names of the tools that it has called, in order. */
  readonly called: string[]
  close(): Promise<void>
}

const RUNS_COMMANDS =
  /^(?:bash|shell|exec_command|shell_command|run_shell_command|execute_command|run_commands?|run_terminal_command)$/i

const DONE = 'The task is done.'

const valueFor = (name: string, schema: JsonObject, command: string): unknown => {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  const isCommand = /^(?:cmd|commands?|script)$/.test(name)
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (type === 'array')
    return isCommand ? (name === 'commands' ? [command] : ['bash', '-lc', command]) : []
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return 10_000
  if (type === 'object') return {}
  return isCommand ? command : 'Writes the file.'
}

/** What the tool demands, and the command wherever it stands. */
const argumentsFor = ({ parameters }: JsonObject, command: string): JsonObject => {
  const { properties, required } = isObject(parameters) ? parameters : {}
  const names = new Set(Array.isArray(required) ? required : [])
  const entries = Object.entries(isObject(properties) ? properties : {})
  return Object.fromEntries(
    entries
      .filter(([name]) => names.has(name) || /^(?:cmd|commands?)$/.test(name))
      .map(([name, schema]) => [name, valueFor(name, isObject(schema) ? schema : {}, command)]),
  )
}

const toolOf = (body: JsonObject): JsonObject | null => {
  const tools = objectsOf(body.tools).map((tool) => (isObject(tool.function) ? tool.function : {}))
  return tools.find(({ name }) => RUNS_COMMANDS.test(textOf(name))) ?? null
}

const messageOf = (body: JsonObject, command: string): JsonObject => {
  const hasResult = objectsOf(body.messages).some(({ role }) => role === 'tool')
  const tool = hasResult ? null : toolOf(body)
  if (tool === null) return { role: 'assistant', content: DONE }
  const written = JSON.stringify(argumentsFor(tool, command))
  const call = {
    index: 0,
    id: 'call_task_1',
    type: 'function',
    function: { name: tool.name, arguments: written },
  }
  return { role: 'assistant', content: null, tool_calls: [call] }
}

const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }

const write = (body: JsonObject, message: JsonObject, response: ServerResponse): void => {
  const finish = message.tool_calls ? 'tool_calls' : 'stop'
  const common = { id: 'chatcmpl-task', created: 1_760_000_000, model: textOf(body.model) }
  if (body.stream !== true) {
    const choices = [{ index: 0, message, finish_reason: finish }]
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ ...common, object: 'chat.completion', choices, usage: USAGE }))
    return
  }
  const chunk = (choices: object[], more: object = {}): string =>
    `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices, ...more })}\n\n`
  response.setHeader('content-type', 'text/event-stream')
  response.write(chunk([{ index: 0, delta: message, finish_reason: null }]))
  response.write(chunk([{ index: 0, delta: {}, finish_reason: finish }]))
  response.write(chunk([], { usage: USAGE }))
  response.end('data: [DONE]\n\n')
}

const readBody = async (request: IncomingMessage): Promise<JsonObject> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const value: unknown = JSON.parse(Buffer.concat(parts).toString() || '{}')
  return isObject(value) ? value : {}
}

/** @param command what the task is done with, in a POSIX shell */
export const startFakeModel = async (command: () => string): Promise<FakeModel> => {
  const called: string[] = []
  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    const message = messageOf(body, command())
    for (const { function: fn } of objectsOf(message.tool_calls)) {
      called.push(isObject(fn) ? textOf(fn.name) : '')
    }
    write(body, message, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    called,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

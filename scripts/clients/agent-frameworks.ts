// Frameworks for agents, as their manuals show them: a program of a few lines with one tool, run by Node.
import { type Client, type ClientRun, KEY, NODE } from './client.ts'

interface Site {
  url: string
  home: string
  task: string
}

/** `lines` find the task in `task`, the router in `baseURL`, and the tool's work in `run`. */
const program = ({ url, home, task }: Site, lines: string[]): ClientRun => ({
  files: {
    'agent.mjs': [
      "import { execFileSync } from 'node:child_process'",
      `const [task, baseURL, apiKey] = ${JSON.stringify([task, `${url}/v1`, KEY])}`,
      "const run = ({ command }) => execFileSync('sh', ['-c', command]).toString() || 'done'",
      "const description = 'Runs a shell command.'",
      ...lines,
    ].join('\n'),
  },
  env: { MASTRA_TELEMETRY_DISABLED: '1', LANGSMITH_TRACING: 'false' },
  command: ['node', `${home}/agent.mjs`],
})

const langGraph: Client = {
  name: 'LangGraph',
  packages: [
    '@langchain/langgraph@1.7.3',
    '@langchain/core@1.3.4',
    '@langchain/openai@1.4.0',
    'zod@4.6.7',
  ],
  dialect: 'chat',
  run: (site) =>
    program(site, [
      "import { tool } from '@langchain/core/tools'",
      "import { createReactAgent } from '@langchain/langgraph/prebuilt'",
      "import { ChatOpenAI } from '@langchain/openai'",
      "import { z } from 'zod'",
      'const schema = z.object({ command: z.string() })',
      "const tools = [tool(run, { name: 'run_command', description, schema })]",
      "const llm = new ChatOpenAI({ model: 'auto', apiKey, configuration: { baseURL } })",
      'const agent = createReactAgent({ llm, tools })',
      "const { messages } = await agent.invoke({ messages: [{ role: 'user', content: task }] })",
      'console.log(messages.at(-1).content)',
    ]),
}

const mastra: Client = {
  name: 'Mastra',
  packages: ['@mastra/core@1.71.0', '@ai-sdk/openai@3.0.141', 'zod@4.6.7', NODE],
  dialect: 'chat',
  needsNewerNode: true,
  run: (site) =>
    program(site, [
      "import { createOpenAI } from '@ai-sdk/openai'",
      "import { Agent } from '@mastra/core/agent'",
      "import { createTool } from '@mastra/core/tools'",
      "import { z } from 'zod'",
      'const runCommand = createTool({',
      "  id: 'run_command',",
      '  description,',
      '  inputSchema: z.object({ command: z.string() }),',
      '  execute: async (input) => ({ output: run(input.context ?? input) }),',
      '})',
      "const model = createOpenAI({ baseURL, apiKey }).chat('auto')",
      "const instructions = 'Use the tool.'",
      "const agent = new Agent({ id: 'a', name: 'a', instructions, model, tools: { run_command: runCommand } })",
      'console.log((await agent.generate(task)).text)',
      'process.exit(0)',
    ]),
}

export const FRAMEWORKS: readonly Client[] = [langGraph, mastra]

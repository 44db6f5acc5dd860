// Tool loops of agents that know no tool calls: the task, the assistant's call in its text, and the result as a user message.
import type { PromptMessage } from '../../src/core/prompt/prompt.ts'

const user = (content: unknown): PromptMessage => ({ role: 'user', content })
const assistant = (content: string): PromptMessage => ({ role: 'assistant', content })

/** Task after task of different routes, so that no shape is right by the route of its wrapping. */
export const TASKS = [
  'Fix the off-by-one error in the pagination of the orders list',
  'Write a short ballad about the lighthouse keeper and save it as ballad.md',
  'Translate every string in locales/en.json into Danish',
  'Work out how many tiles a floor of 3.2 m by 4.7 m needs, with 8 % waste',
  'Summarise the minutes in notes/march.txt in five sentences',
  'Pull all e-mail addresses and phone numbers out of contacts.txt',
  'Plot revenue per region from sales.csv and tell me which region grew fastest',
  'Make the tone of letter.txt warmer without changing what it says',
]

const POEM =
  'The kettle hums, the window weeps,\nthe cat has claimed the chair,\nand evening over rooftops creeps\nto comb the city’s hair.'
const LEDGER = 'January 1,204 EUR\nFebruary 1,877 EUR\nMarch 1,530 EUR\nAverage per month 1,537 EUR'
const TRACE =
  'Traceback (most recent call last):\n  File "run.py", line 14, in <module>\n    main()\nKeyError: \'total\''

export type Shape = (task: string) => PromptMessage[]

export const SHAPES: Record<string, Shape> = {
  'Cline: a file that was read': (task) => [
    user(`<task>\n${task}\n</task>`),
    assistant('Let me look.\n\n<read_file>\n<path>poem.md</path>\n</read_file>'),
    user([
      { type: 'text', text: "[read_file for 'poem.md'] Result:" },
      { type: 'text', text: POEM },
      { type: 'text', text: '<environment_details>\n# Time\n10:00\n</environment_details>' },
    ]),
  ],
  'Cline: a command': (task) => [
    user(`<task>\n${task}\n</task>`),
    assistant(
      '<execute_command>\n<command>make report</command>\n<requires_approval>false</requires_approval>\n</execute_command>',
    ),
    user(`[execute_command for 'make report'] Result:\n\nCommand executed.\nOutput:\n${LEDGER}`),
  ],
  'Roo: no tool was used': (task) => [
    user(`<task>\n${task}\n</task>`),
    assistant('<list_files>\n<path>.</path>\n</list_files>'),
    user("[list_files for '.'] Result:\n\na.txt\nb.txt"),
    assistant('There are two files.'),
    user(
      '[ERROR] You did not use a tool in your previous response! Please retry with a tool use.\n\n# Next Steps\n\nIf you have completed the task, say so.',
    ),
  ],
  'OpenHands: an observation': (task) => [
    user(task),
    assistant('I will run it.\n\n<execute_bash>\npython run.py\n</execute_bash>'),
    user(`OBSERVATION:\n${TRACE}\n[Command finished with exit code 1]`),
  ],
  'OpenHands: an execution result': (task) => [
    user(task),
    assistant('<function=execute_bash>\n<parameter=command>cat a.txt</parameter>\n</function>'),
    user(`EXECUTION RESULT of [execute_bash]:\n${POEM}\n[The command completed with exit code 0.]`),
  ],
  'Continue: tool output': (task) => [
    user(task),
    assistant(
      'I read the file.\n\n```tool\nTOOL_NAME: read_file\nBEGIN_ARG: path\na.txt\nEND_ARG\n```',
    ),
    user(`Tool output for Read File tool call:\n\n${POEM}`),
  ],
  'ReAct: an observation': (task) => [
    user(task),
    assistant('Thought: I need figures.\nAction: search\nAction Input: revenue by month'),
    user(`Observation: ${LEDGER}`),
  ],
  'ReAct: a JSON action': (task) => [
    user(task),
    assistant('Thought: look it up\n```json\n{"action": "lookup", "action_input": "keeper"}\n```'),
    user(`Observation: ${POEM}\nThought:`),
  ],
  'aider: failing tests': (task) => [
    user(task),
    assistant('run.py\n```python\n<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE\n```'),
    user(`# Fix any errors below, if possible.\n\n## Running: pytest\n\n${TRACE}`),
  ],
  'aider: a block that did not match': (task) => [
    user(task),
    assistant('run.py\n```python\n<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE\n```'),
    user(
      '# 1 SEARCH/REPLACE block failed to match!\n\n## SearchReplaceNoExactMatch: no such lines in run.py\n<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE',
    ),
  ],
  'SWE-agent: an open file': (task) => [
    user(task),
    assistant('DISCUSSION\nLet me open it.\n```\nopen run.py\n```'),
    user(
      '[File: run.py (3 lines total)]\n1:import sys\n2:\n3:main()\n(Open file: /run.py)\nbash-$',
    ),
  ],
  'mini agent: a return code': (task) => [
    user(task),
    assistant('THOUGHT: list first\n\n```bash\nls -la\n```'),
    user('<returncode>0</returncode>\n<output>\npoem.md\nsales.csv\n</output>'),
  ],
  'Hermes: a tool response': (task) => [
    user(task),
    assistant('<tool_call>\n{"name": "read", "arguments": {"path": "poem.md"}}\n</tool_call>'),
    user(`<tool_response>\n{"name": "read", "content": ${JSON.stringify(POEM)}}\n</tool_response>`),
  ],
  'an agent of its own: a bare JSON call': (task) => [
    user(task),
    assistant('{"tool": "read_mail", "args": {"folder": "inbox"}}'),
    user(`Result of read_mail:\n\nDear Ms Lund,\n\nthank you for your order of 3 May.`),
  ],
  'code agent: printed output': (task) => [
    user(task),
    assistant('I compute it.\n\n```python\nprint(total())\n```'),
    user(`Execution output:\n${LEDGER}`),
  ],
}

/** The same loop with more steps: the human's words are far behind. */
export const longLoop = (shape: Shape, task: string): PromptMessage[] => {
  const [first, ...step] = shape(task)
  return [first as PromptMessage, ...step, ...step, ...step, ...step, ...step]
}

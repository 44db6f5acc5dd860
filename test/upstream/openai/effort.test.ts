// Effort and thinking as another dialect says them, in the words of OpenAI's models.
import { expect, it } from 'vitest'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const OK: Spec = {
  json: {
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 1 },
  },
}
const messages = [{ role: 'user', content: 'hello' }]

it.each([
  ['gpt-5.1', 'none'],
  ['gpt-5-mini', 'minimal'],
  ['o3', 'low'],
  ['gpt-4o', undefined],
])('thinking that is switched off is the least that %s takes', async (name, effort) => {
  const rig = await createDialectRig({ models: { openai: { name } } })
  const body = { model: 'openai', max_tokens: 50, thinking: { type: 'disabled' }, messages }
  const { sent, headers } = await rig.ask('/v1/messages', body, OK)
  expect(sent[0].reasoning_effort).toBe(effort)
  expect(headers.has('x-router-dropped')).toBe(false)
})

it('the greatest effort is xhigh', async () => {
  const rig = await createDialectRig({ models: { openai: { name: 'gpt-5.2' } } })
  const body = { model: 'openai', messages, reasoning_effort: 'max' }
  const { sent } = await rig.ask('/v1/chat/completions', body, OK)
  expect(sent[0].reasoning_effort).toBe('xhigh')
})

it('who called a tool comes back with the call', async () => {
  const caller = { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' }
  const use = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {}, caller }
  const answer: Spec = {
    json: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-x',
      content: [use],
      stop_reason: 'tool_use',
      usage: { input_tokens: 3, output_tokens: 1 },
    },
  }
  const rig = await createDialectRig()
  const asked = { model: 'ant', messages }
  const { json } = await rig.ask('/v1/chat/completions', asked, answer)
  const said = json.choices[0].message
  expect(said.tool_calls[0].caller).toEqual(caller)
  const result = { role: 'tool', tool_call_id: 'toolu_1', content: 'x' }
  const next = { ...asked, messages: [...messages, said, result] }
  const { sent } = await rig.ask('/v1/chat/completions', next, answer)
  expect(sent[0].messages[1].content[0].caller).toEqual(caller)
})

// Try it: a prompt or a conversation, decided as the server would decide it, also with another generation or configuration beside
// it. Nothing of it is stored unless the box is ticked, and the text stands in no address.
import { z } from 'zod'
import type { PromptMessage } from '../../../core/prompt/prompt.ts'
import { messagesSchema } from '../../../dialects/chat/chat-schema.ts'
import { RouterError } from '../../../errors.ts'
import { validate } from '../../../http/request/validate.ts'
import type { Desk } from '../../request/desk.ts'
import { defineAction, definePage } from '../../request/part.ts'
import { checkMayAct } from '../../session/guard.ts'
import { address, segment } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { ActionForm, Select } from '../../view/forms.tsx'
import { Card, Grid, Notice } from '../../view/parts.tsx'
import { TriedCard } from './tried.tsx'

const MOST_VERSIONS = 20
const MOST_CHARS = 200_000

interface Choices {
  generations: number[]
  versions: string[]
}

const choicesOf = async ({ deps }: Desk): Promise<Choices> => {
  const { generations } = await deps.admin.generations.list()
  const serving = deps.admin.config.state().serving.version
  const activations = await deps.admin.config.activations()
  const versions = [...new Set(activations.map(({ hash }) => hash))]
  return {
    generations: generations
      .filter(({ status }) => status !== 'current')
      .map(({ generation }) => generation)
      .toReversed(),
    versions: versions.filter((version) => version !== serving).slice(0, MOST_VERSIONS),
  }
}

const Keep = () =>
  useDesk().mayAct ? (
    <label>
      <input type="checkbox" name="store" value="yes" /> keep it as a dry run
    </label>
  ) : null

const TryForm = ({ generations, versions }: Choices) => (
  <ActionForm action="/try" target="#tried" class="stack" isReading>
    <label class="field">
      <span>A prompt, or a conversation as JSON: [{`{"role": "user", "content": "…"}`}, …]</span>
      <textarea name="text" rows={5} required></textarea>
    </label>
    <div class="filters">
      <Select
        name="generation"
        label="beside it, generation"
        none="none"
        options={generations.map((number) => String(number))}
      />
      <Select name="version" label="beside it, configuration" none="none" options={versions} />
      <Keep />
      <button type="submit" class="main">
        Try it
      </button>
    </div>
  </ActionForm>
)

const tryPage = definePage({
  path: '/try',
  title: 'Try it',
  nav: 'Try it',
  query: z.object({}),
  view: async (desk) => {
    const choices = await choicesOf(desk)
    return (
      <>
        <Card title="What would the router do?">
          <TryForm {...choices} />
        </Card>
        <div id="tried"></div>
      </>
    )
  },
})

const tryForm = z.object({
  text: z.string().max(MOST_CHARS, `at most ${MOST_CHARS} characters can be tried`),
  generation: z.string().optional(),
  version: z.string().optional(),
  store: z.string().optional(),
})

const bodySchema = z.union([messagesSchema, z.looseObject({ messages: messagesSchema })])

/** What begins like JSON and is a list or an object is a conversation; anything else is a prompt. */
const messagesOf = (text: string): PromptMessage[] => {
  const prompt = text.trim()
  if (prompt === '') {
    throw new RouterError('invalid_request', 'text: is empty; give a prompt to route', {
      param: 'text',
    })
  }
  if (!/^\[\s*\{|^\{\s*"messages"/.test(prompt)) return [{ role: 'user', content: prompt }]
  let value: unknown
  try {
    value = JSON.parse(prompt)
  } catch {
    return [{ role: 'user', content: prompt }]
  }
  const given = validate(bodySchema, value)
  return (Array.isArray(given) ? given : given.messages) as PromptMessage[]
}

/** Recorded as /v1/route does it. */
const stored = ({ deps, principal }: Desk, messages: PromptMessage[]) =>
  deps.pipeline.route({
    ...{ requestId: deps.newId(), model: 'auto', messages, sessionId: null, principal },
    signal: new AbortController().signal,
  })

const runTrial = defineAction({
  path: '/try',
  isReading: true,
  form: tryForm,
  run: async (desk, { form }) => {
    const { deps, principal } = desk
    if (form.store) checkMayAct(desk)
    const messages = messagesOf(form.text)
    const { signal } = new AbortController()
    const asked = { messages, principal, signal }
    const first = await deps.tryOut(asked)
    const version = form.version ? await deps.admin.config.version(form.version) : null
    const loaded = version && (await deps.admin.config.check(version.text))
    const other =
      form.generation || loaded
        ? await deps.tryOut({
            ...asked,
            ...(form.generation ? { generation: Number(form.generation) } : {}),
            ...(loaded ? { loaded } : {}),
          })
        : null
    const kept = form.store ? await stored(desk, messages) : null
    return {
      to: null,
      fragment: (
        <div id="tried">
          {kept === null ? null : (
            <Notice tone="info">
              Kept as <a href={address(`/decisions/${segment(kept.id)}`)}>a dry run</a>.
            </Notice>
          )}
          {other === null || other.decision.route === first.decision.route ? null : (
            <Notice tone="warn">
              {`The two differ: ${first.decision.route} as it serves, ${other.decision.route} beside it.`}
            </Notice>
          )}
          <Grid>
            <TriedCard title="As it serves now" tried={first} />
            {other === null ? null : <TriedCard title="Beside it" tried={other} />}
          </Grid>
        </div>
      ),
    }
  },
})

export const tryIt = [tryPage, runTrial]

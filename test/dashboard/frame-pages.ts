// Every page of the dashboard and every state that a click leads to, with words that stand there: what frame.test.ts opens.
import type { Page } from 'playwright-core'
import type { AnsweringServer } from '../support/server.ts'

export interface Wanted {
  name: string
  path: string | ((server: AnsweringServer) => Promise<string>)
  words: readonly string[]
  /** What is done there before it is looked at, by fields and buttons that work without JavaScript, too. */
  act?: (page: Page) => Promise<void>
  /** A selector of what comes in later, where there is JavaScript. */
  later?: string
  /** The status that the browser tells of as an error. */
  status?: number
}

const newestDecision = async ({ url }: AnsweringServer): Promise<string> => {
  const answer = await fetch(`${url}/v1/decisions?limit=1`)
  const { data } = (await answer.json()) as { data: { id: string }[] }
  return `/dashboard/decisions/${data[0]?.id}`
}

const servingVersion = async ({ url }: AnsweringServer): Promise<string> => {
  const html = await (await fetch(`${url}/dashboard/access`)).text()
  return /href="(\/dashboard\/access\/config\/versions\/[^"]+)"/.exec(html)?.[1] ?? ''
}

const plan =
  (change: (yaml: string) => string) =>
  async (page: Page): Promise<void> => {
    const yaml = page.locator('textarea[name=yaml]')
    await yaml.fill(change(await yaml.inputValue()))
    await page.getByRole('button', { name: 'Check and plan' }).click()
  }

const addExemplar =
  (text: string) =>
  async (page: Page): Promise<void> => {
    await page.getByLabel('A prompt that belongs to code').fill(text)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
  }

export const PAGES: readonly Wanted[] = [
  { name: 'overview', path: '/dashboard', words: ['Requests', 'code', 'small'] },
  {
    name: 'decisions',
    path: '/dashboard/decisions',
    words: ['matched', 'code', 'Older'],
  },
  {
    name: 'decision',
    path: newestDecision,
    words: ['Scores', 'Nearest exemplars', 'Was this right?', 'Raw JSON'],
    later: '#receipt .badge',
  },
  {
    name: 'decision-explained',
    path: async (server) => `${await newestDecision(server)}?explain=1`,
    words: ['Made again', 'reproduced'],
  },
  { name: 'decisions-none', path: '/dashboard/decisions?route=nowhere', words: ['No decision'] },
  { name: 'try', path: '/dashboard/try', words: ['A prompt, or a conversation', 'generation'] },
  {
    name: 'tried',
    path: '/dashboard/try',
    words: ['What would change it', 'As it serves now'],
    act: async (page) => {
      await page.fill('textarea[name=text]', 'sort a list of numbers in python')
      await page.getByRole('button', { name: 'Try it' }).click()
    },
    later: '#tried .verdict',
  },
  { name: 'map', path: '/dashboard/map', words: ['Generation 1', 'writing', 'Choose many'] },
  {
    name: 'map-chosen',
    path: '/dashboard/map',
    words: ['6 exemplars and 0 prompts', 'Move 6 exemplars', 'Make the route'],
    act: async (page) => {
      await page.selectOption('#choose select[name=route]', 'writing')
      await page.getByRole('button', { name: 'Choose', exact: true }).click()
    },
    later: '#selection table',
  },
  { name: 'routes', path: '/dashboard/routes', words: ['code', 'threshold', 'nearest rival'] },
  { name: 'route', path: '/dashboard/routes/code', words: ['Exemplars', 'sorts a list'] },
  {
    name: 'route-refused',
    path: '/dashboard/routes/code',
    words: ['The route has this text already'],
    act: addExemplar('write a python function that sorts a list'),
    later: '#notice .bad',
    status: 400,
  },
  {
    name: 'check',
    path: '/dashboard/routes/-/check',
    words: ['Check'],
  },
  {
    name: 'checked',
    path: '/dashboard/routes/-/check',
    words: ['warnings', 'Check again'],
    act: async (page) => {
      const begin = page.getByRole('button', { name: 'Check', exact: true })
      if ((await begin.count()) > 0) await begin.click()
    },
    later: '#check table',
  },
  { name: 'learning', path: '/dashboard/learning', words: ['Rebuild', 'Generations', 'History'] },
  { name: 'generation', path: '/dashboard/learning/generations/1', words: ['Gate', 'Replay'] },
  {
    name: 'review',
    path: '/dashboard/learning/review',
    words: ['Waiting', 'uncertain decision'],
    later: '.queue',
  },
  { name: 'models', path: '/dashboard/models', words: ['small', 'first token', 'callable'] },
  {
    name: 'access',
    path: '/dashboard/access',
    words: ['There are no keys', 'Versions that served'],
  },
  { name: 'config', path: '/dashboard/access/config', words: ['signalbox.yaml', 'plan'] },
  { name: 'config-version', path: servingVersion, words: ['Nothing changes', 'As it was kept'] },
  {
    name: 'config-planned',
    path: '/dashboard/access/config',
    words: ['What would change', 'conversation.max_sessions', 'Apply'],
    act: plan((yaml) => `${yaml}\nconversation:\n  max_sessions: 77\n`),
    later: '#plan table',
  },
  {
    name: 'config-wrong',
    path: '/dashboard/access/config',
    words: ['rotes'],
    act: plan(() => 'rotes: {}\n'),
    later: '#notice .bad',
    status: 400,
  },
  {
    name: 'no-page',
    path: '/dashboard/nowhere',
    words: ['There is no page of this address'],
    status: 404,
  },
  {
    name: 'no-decision',
    path: '/dashboard/decisions/00000000-0000-7000-8000-000000000000',
    words: ['decision'],
    status: 404,
  },
  {
    name: 'sign-in',
    path: '/dashboard/sign-in',
    words: ['Sign in with a gateway key'],
  },
]

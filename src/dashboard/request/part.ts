// What the dashboard is made of: pages, fragments of pages, and actions. Each is one declaration; dashboard.tsx mounts the list
// of them (pages/pages.ts), guards them and wraps pages in the layout.
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { z } from 'zod'
import type { Desk } from './desk.ts'

export type View = JSX.Element

/** Of the path's pattern, decoded. */
export type Params = Readonly<Record<string, string>>

export interface Asked<Query> {
  query: Query
  params: Params
}

/** What an action comes to. */
export interface Acted {
  /** The page that shows the outcome, below /dashboard: where a browser without JavaScript goes. Null shows the fragment alone. */
  to: string | null
  /** Takes the place of the form's target; absent where the whole page is to be read anew. */
  fragment?: View
  /** A sentence for whoever acted. */
  notice?: string
}

interface Shown<Query> {
  /** As Hono takes it, below /dashboard: `/decisions/:id`. */
  path: string
  /** Of the query's strings. A value that does not fit is best replaced by its default (`.catch`): addresses are typed. */
  query: z.ZodType<Query>
  /** Reads first, then gives JSX; components themselves are synchronous. @throws RouterError, which is shown as a page */
  view: (desk: Desk, asked: Asked<Query>) => Promise<View> | View
}

export interface Page<Query = unknown> extends Shown<Query> {
  kind: 'page'
  /** Of the path's data where it depends on it. */
  title: string | ((params: Params) => string)
  /** Its name in the navigation; a page without one is reached from another. */
  nav?: string
  /** Shows the choice of a time range. */
  hasRange?: boolean
  /** Scripts of src/dashboard/assets beside desk.js and htmx.js: `charts.js` draws charts. */
  scripts?: readonly string[]
}

export interface Fragment<Query = unknown> extends Shown<Query> {
  kind: 'fragment'
}

/** A POST: only with the session's token, and only for admins where it changes anything. */
export interface Action<Form = unknown> {
  kind: 'action'
  path: string
  /** Changes nothing: viewers may do it, too. */
  isReading?: boolean
  /** Of the form's fields, all strings; a name that is given twice is a list. */
  form: z.ZodType<Form>
  /** Calls what the endpoint of the same name under /admin or /v1 calls. @throws RouterError, which is shown as a notice */
  run: (desk: Desk, asked: { form: Form; params: Params }) => Promise<Acted>
}

/** What a page's own script or picture reads: answered with a tag, and once more only where it differs. */
export interface Data<Query = unknown> {
  kind: 'data'
  path: string
  query: z.ZodType<Query>
  type: 'application/json' | 'image/svg+xml'
  read: (desk: Desk, asked: Asked<Query>) => Promise<string>
}

export type Part = Page | Fragment | Data | Action

/** These tie a view's types to its schemas, which dashboard.tsx holds what comes in against. */
export const definePage = <Query>(page: Omit<Page<Query>, 'kind'>): Page =>
  ({ ...page, kind: 'page' }) as Page<Query> as Page

export const defineFragment = <Query>(fragment: Omit<Fragment<Query>, 'kind'>): Fragment =>
  ({ ...fragment, kind: 'fragment' }) as Fragment<Query> as Fragment

export const defineData = <Query>(data: Omit<Data<Query>, 'kind'>): Data =>
  ({ ...data, kind: 'data' }) as Data<Query> as Data

export const defineAction = <Form>(action: Omit<Action<Form>, 'kind'>): Action =>
  ({ ...action, kind: 'action' }) as Action<Form> as Action

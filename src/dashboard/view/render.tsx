// JSX → HTML, in one synchronous step: the desk stands in a context that all requests share, and none may come between.
import type { Desk } from '../request/desk.ts'
import type { View } from '../request/part.ts'
import { DeskContext } from './context.ts'

/** @throws Error where a component is asynchronous: data is read by the page's `view`, before it gives JSX */
export const render = (desk: Desk, view: View): string => {
  const html = (<DeskContext.Provider value={desk}>{view}</DeskContext.Provider>).toString() as
    | string
    | Promise<string>
  if (typeof html === 'string') return html
  throw new Error('A component of the dashboard is asynchronous.')
}

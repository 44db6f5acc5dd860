// The desk, for components: set while a page is rendered, which is one synchronous step.
import { createContext, useContext } from 'hono/jsx'
import type { Desk } from '../request/desk.ts'

export const DeskContext = createContext<Desk | null>(null)

/** @throws Error outside of rendering */
export const useDesk = (): Desk => {
  const desk = useContext(DeskContext)
  if (desk === null) throw new Error('A component of the dashboard was rendered outside of it.')
  return desk
}

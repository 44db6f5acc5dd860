// A part of a page that is fetched anew when requests have ended: the server says so over one stream (live.ts), and htmx asks
// for the same address and takes this part out of it.
import type { PropsWithChildren } from 'hono/jsx'
import { address } from './address.ts'
import { useDesk } from './context.ts'

interface LiveProps {
  id: string
  /** False for what no longer changes. */
  isLive?: boolean
}

export const Live = ({ id, isLive = true, children }: PropsWithChildren<LiveProps>) => {
  const { path, query } = useDesk()
  if (!isLive) return <div id={id}>{children}</div>
  return (
    <div
      id={id}
      data-live={address('/live')}
      hx-get={address(path, query)}
      hx-select={`#${id}`}
      hx-swap="outerHTML"
      hx-trigger="desk:live from:body"
    >
      {children}
    </div>
  )
}

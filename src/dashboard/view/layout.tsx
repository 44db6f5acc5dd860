// The frame of every page: head, navigation, the page's title with its time range, and the place for notices.

import type { PropsWithChildren } from 'hono/jsx'
import type { Desk } from '../request/desk.ts'
import { maskToken } from '../request/sessions.ts'
import { RANGES } from '../request/time-range.ts'
import { address } from './address.ts'
import { assetUrl } from './assets.ts'
import { useDesk } from './context.ts'

export interface NavEntry {
  label: string
  path: string
}

interface FrameProps {
  title: string
  scripts?: readonly string[]
}

const HTMX = JSON.stringify({
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  historyCacheSize: 0,
  selfRequestsOnly: true,
  // A key that is pressed at once finds the new buttons wired.
  defaultSettleDelay: 0,
  // An error is shown above the page, whatever part of it was to be replaced.
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '[45]..', swap: true, error: true, target: '#notice' },
  ],
})

/** The document around a body. */
export const Document = (props: PropsWithChildren<FrameProps & Pick<Desk, 'theme' | 'zone'>>) => (
  <html lang="en" data-theme={props.theme} data-zone={props.zone}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="htmx-config" content={HTMX} />
      <title>{`${props.title} · Signalbox`}</title>
      <link rel="icon" href={assetUrl('icon.svg')} type="image/svg+xml" />
      <link rel="stylesheet" href={assetUrl('desk.css')} />
      {['htmx.js', ...(props.scripts ?? []), 'desk.js'].map((name) => (
        <script src={assetUrl(name)} defer></script>
      ))}
    </head>
    {props.children}
  </html>
)

const isCurrent = (entry: NavEntry, path: string): boolean =>
  entry.path === '/' ? path === '/' : path === entry.path || path.startsWith(`${entry.path}/`)

const Navigation = ({ entries }: { entries: readonly NavEntry[] }) => {
  const { path, range } = useDesk()
  return (
    <nav class="nav" aria-label="Pages">
      <ul>
        {entries.map((entry) => (
          <li>
            <a
              href={address(entry.path, { range: range.isDefault ? null : range.name })}
              aria-current={isCurrent(entry, path) ? 'page' : undefined}
            >
              {entry.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Links, so that the range stands in the address; what else the address says stays. */
const RangePicker = () => {
  const { range, path, query } = useDesk()
  const { before: _cursor, ...kept } = query
  return (
    <nav class="ranges" aria-label="Time range">
      {Object.entries(RANGES).map(([name, { label }]) => (
        <a
          href={address(path, { ...kept, range: name })}
          aria-current={name === range.name ? 'true' : undefined}
          title={label}
        >
          {name}
        </a>
      ))}
    </nav>
  )
}

const SignOut = () => {
  const { sessionId, csrf, principal } = useDesk()
  if (sessionId === null) return <span class="who">no keys yet</span>
  return (
    <form method="post" action={address('/sign-out')} class="who">
      <input type="hidden" name="csrf" value={maskToken(csrf)} />
      <span class="mono">{principal.id}</span>
      <button type="submit" class="plain">
        Sign out
      </button>
    </form>
  )
}

const Head = ({ entries }: { entries: readonly NavEntry[] }) => (
  <header class="bar">
    <a class="brand" href={address('/')}>
      <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
        <path d="M3 1v14M3 3h7l3 2-3 2H3" fill="none" stroke="currentColor" stroke-width="1.8" />
      </svg>
      Signalbox
    </a>
    <Navigation entries={entries} />
    <div class="tools">
      <button type="button" class="plain needs-script" data-theme-toggle>
        Theme
      </button>
      <SignOut />
    </div>
  </header>
)

interface LayoutProps extends FrameProps {
  entries: readonly NavEntry[]
  hasRange?: boolean | undefined
}

export const Layout = (props: PropsWithChildren<LayoutProps>) => {
  const { theme, zone, csrf } = useDesk()
  return (
    <Document title={props.title} scripts={props.scripts ?? []} theme={theme} zone={zone}>
      <body hx-headers={JSON.stringify({ 'x-csrf-token': maskToken(csrf) })}>
        <a class="skip" href="#main">
          Skip to the page
        </a>
        <Head entries={props.entries} />
        <main id="main" tabindex={-1}>
          <div class="title">
            <h1>{props.title}</h1>
            {props.hasRange ? <RangePicker /> : null}
          </div>
          <div id="notice" role="status"></div>
          {props.children}
        </main>
      </body>
    </Document>
  )
}

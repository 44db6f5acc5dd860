// What a running server says of itself that the database does not know: breakers, what is under way, the encoder's queue.
import type { Config } from '../../../src/config/config-schema.ts'

export interface BreakerState {
  provider: string
  model: string
  state: string
}

export interface ServerState {
  /** Null where it was read; else why it was not, and what to do about it. */
  problem: string | null
  url: string
  breakers: BreakerState[]
  /** By name of the metric, without its prefix; of those without labels. */
  values: Record<string, number>
}

const TIMEOUT_MS = 1_000
const LINE = /^signalbox_([a-z0-9_]+)(?:\{([^}]*)\})? ([-+0-9.eE]+)$/

const labelsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('",')
      .map((pair) => pair.split('="', 2))
      .map(([name = '', value = '']) => [name, value.replace(/"$/, '')]),
  )

/** Of a scrape, what `stats` shows. */
export const readScrape = (text: string): Pick<ServerState, 'breakers' | 'values'> => {
  const breakers: BreakerState[] = []
  const values: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const [, name = '', labels, value = ''] = LINE.exec(line) ?? []
    if (labels === undefined && name !== '') values[name] = Number(value)
    if (name !== 'breaker_state' || labels === undefined || value !== '1') continue
    const { provider = '', model = '', state = '' } = labelsOf(labels)
    breakers.push({ provider, model, state })
  }
  return { breakers, values }
}

const urlOf = ({ host, port }: Config['server']): string => {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}

const problemOf = (status: number): string =>
  status === 401 || status === 403
    ? 'it wants an admin key: set SIGNALBOX_ADMIN_KEY, or keys.public_metrics: true'
    : `/metrics answered ${status}`

export interface ServerStateOptions {
  server: Config['server']
  /** Sent to the server, where there is one. */
  adminKey: string | undefined
}

export const readServerState = async ({
  server,
  adminKey,
}: ServerStateOptions): Promise<ServerState> => {
  const url = urlOf(server)
  const nothing = { url, breakers: [], values: {} }
  try {
    const response = await fetch(`${url}/metrics`, {
      headers: adminKey ? { authorization: `Bearer ${adminKey}` } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    })
    const text = await response.text()
    if (!response.ok) return { ...nothing, problem: problemOf(response.status) }
    return { url, problem: null, ...readScrape(text) }
  } catch {
    return { ...nothing, problem: 'not reached; start it with signalbox serve' }
  }
}

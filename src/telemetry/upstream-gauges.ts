// The providers' state at scrape time: breakers, cooldowns, headroom, places and queues, refused keys. A refused key is an
// alert of its own (`signalbox_key_rejected == 1`): fallbacks hide it from callers.
import { Counter, Gauge, type Registry } from 'prom-client'

/** As upstream/resilience gives it. */
export interface UpstreamHealth {
  targets: {
    provider: string
    model: string
    breaker: 'closed' | 'open' | 'half_open'
    failures: number
    cooldownMs: number
    remainingRequests: number | null
    remainingTokens: number | null
  }[]
  providers: {
    provider: string
    active: number
    queued: number
    isKeyRejected: boolean
    keyRejections: number
  }[]
  inFlight: number
  retrying: number
}

const STATES = ['closed', 'open', 'half_open'] as const

type Target = UpstreamHealth['targets'][number]
type Provider = UpstreamHealth['providers'][number]

/** Makes gauges that read the providers' state when they are scraped. */
const createMakers = (registry: Registry, health: () => UpstreamHealth) => {
  const gauge = <L extends string>(
    name: string,
    help: string,
    options: { labelNames: L[]; read: (gauge: Gauge<L>, health: UpstreamHealth) => void },
  ) =>
    new Gauge<L>({
      name: `signalbox_${name}`,
      help,
      labelNames: options.labelNames,
      registers: [registry],
      collect() {
        this.reset() // what is not known any more has no value
        options.read(this, health())
      },
    })
  return {
    gauge,
    ofTarget: (name: string, help: string, read: (target: Target) => number | null) =>
      gauge(name, help, {
        labelNames: ['provider', 'model'],
        read: (own, { targets }) => {
          for (const target of targets) {
            const value = read(target)
            const { provider, model } = target
            if (value !== null) own.set({ provider, model }, value)
          }
        },
      }),
    ofProvider: (name: string, help: string, read: (provider: Provider) => number) =>
      gauge(name, help, {
        labelNames: ['provider'],
        read: (own, { providers }) => {
          for (const state of providers) own.set({ provider: state.provider }, read(state))
        },
      }),
  }
}

type Makers = ReturnType<typeof createMakers>

const registerTargets = ({ gauge, ofTarget }: Makers): void => {
  gauge('breaker_state', '1 for the state that the breaker is in, else 0.', {
    labelNames: ['provider', 'model', 'state'],
    read: (own, { targets }) => {
      for (const { provider, model, breaker } of targets) {
        for (const state of STATES) own.set({ provider, model, state }, breaker === state ? 1 : 0)
      }
    },
  })
  ofTarget('breaker_failures', 'Failures in a row.', ({ failures }) => failures)
  ofTarget('cooldown_seconds', 'Rest that is left after a rate limit.', ({ cooldownMs }) => {
    return cooldownMs / 1_000
  })
  ofTarget('headroom_requests', 'Requests left, as the provider said.', (target) => {
    return target.remainingRequests
  })
  ofTarget('headroom_tokens', 'Tokens left, as the provider said.', (target) => {
    return target.remainingTokens
  })
}

const registerProviders = ({ ofProvider }: Makers): void => {
  ofProvider('slots_active', 'Calls that are under way.', ({ active }) => active)
  ofProvider('slots_queued', 'Calls that wait for a place.', ({ queued }) => queued)
  ofProvider('key_rejected', '1 from a refused key until a call is served.', (state) => {
    return state.isKeyRejected ? 1 : 0
  })
}

const registerCalls = ({ gauge }: Makers): void => {
  gauge('requests_in_flight', 'Routed requests that wait for an answer.', {
    labelNames: [],
    read: (own, { inFlight }) => own.set(inFlight),
  })
  gauge('retries_in_flight', 'Retries that wait or are under way.', {
    labelNames: [],
    read: (own, { retrying }) => own.set(retrying),
  })
}

export const registerUpstreamGauges = (registry: Registry, health: () => UpstreamHealth): void => {
  const makers = createMakers(registry, health)
  registerTargets(makers)
  registerProviders(makers)
  registerCalls(makers)
  new Counter({
    name: 'signalbox_key_rejections_total',
    help: 'Calls that the provider refused for their key.',
    labelNames: ['provider'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { provider, keyRejections } of health().providers) {
        this.inc({ provider }, keyRejections)
      }
    },
  })
}

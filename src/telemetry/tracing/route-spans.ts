// The spans of a finished decision from its stage timings: signalbox.route with embed, search and decide in it.
import { type Context, type Tracer, trace } from '@opentelemetry/api'
import type { Decision, StageTimings } from '../../core/types.ts'
import { routeAttributes } from './attributes.ts'

interface Stage {
  name: string
  /** Milliseconds after the start of the decision. */
  from: number
  to: number
}

/** In the order of the stages; skipped stages have no span. */
export const stagesOf = (timings: StageTimings): Stage[] => {
  const { routingTextMs = 0, embedMs, searchMs, totalMs } = timings
  const embedded = routingTextMs + (embedMs ?? 0)
  const searched = embedded + (searchMs ?? 0)
  const stages: Stage[] = []
  if (embedMs !== undefined) {
    stages.push({ name: 'signalbox.embed', from: routingTextMs, to: embedded })
  }
  if (searchMs !== undefined)
    stages.push({ name: 'signalbox.search', from: embedded, to: searched })
  stages.push({ name: 'signalbox.decide', from: searched, to: Math.max(totalMs, searched) })
  return stages
}

export interface RouteSpansOptions {
  tracer: Tracer
  /** Holds the server's span. */
  context: Context
  hasRoutingText: boolean
}

export const addRouteSpans = (decision: Decision, options: RouteSpansOptions): void => {
  const { tracer, context } = options
  const { createdAtMs: startTime, timings } = decision
  const attributes = routeAttributes(decision, options.hasRoutingText)
  const route = tracer.startSpan('signalbox.route', { startTime, attributes }, context)
  const inRoute = trace.setSpan(context, route)
  for (const { name, from, to } of stagesOf(timings)) {
    tracer.startSpan(name, { startTime: startTime + from }, inRoute).end(startTime + to)
  }
  route.end(startTime + timings.totalMs)
}

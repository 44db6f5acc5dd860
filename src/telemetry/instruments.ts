// The counters and histograms by name, with their labels and buckets (seconds).
import { Counter, Histogram, type Registry } from 'prom-client'

const FAST_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1]
const SLOW_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

export type Instruments = ReturnType<typeof createInstruments>

export const createInstruments = (registry: Registry) => {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `signalbox_${name}`, help, labelNames, registers })
  const histogram = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    buckets: number[],
  ) => new Histogram({ name: `signalbox_${name}`, help, labelNames, buckets, registers })
  return {
    decisions: counter('decisions_total', 'Decisions, dry runs included.', ['route', 'reason']),
    degraded: counter('degraded_total', 'Decisions that fell back to the default route.', ['code']),
    stages: histogram('decision_stage_seconds', 'Stages of a decision.', ['stage'], FAST_SECONDS),
    requests: histogram(
      'request_seconds',
      'Requests until their last byte.',
      ['method', 'path', 'status'],
      SLOW_SECONDS,
    ),
    overhead: histogram('overhead_seconds', 'Our own time in routed requests.', [], FAST_SECONDS),
    upstream: histogram(
      'upstream_seconds',
      'Attempts until their answer or, for streams, their first content.',
      ['model', 'outcome'],
      SLOW_SECONDS,
    ),
    firstToken: histogram(
      'first_token_seconds',
      'From request to the first content byte.',
      ['model'],
      SLOW_SECONDS,
    ),
    tokens: counter('tokens_total', 'Tokens used.', ['model', 'kind']),
    cache: counter('cache_total', 'Answers asked of the answer cache, by what it had.', [
      'route',
      'status',
    ]),
    cost: counter('cost_usd_total', 'Cost of answers of known price, in USD.', ['model']),
  }
}

// The counters and histograms by name, with their labels and buckets (seconds). Labels only have configured names and fixed words, so the
// number of series depends on the configuration, never on requests.
import { Counter, Histogram, type Registry } from 'prom-client'

const FAST_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1]
const SLOW_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

export type Instruments = ReturnType<typeof createInstruments>

const createMakers = (registry: Registry) => {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `signalbox_${name}`, help, labelNames, registers })
  const histogram =
    (buckets: number[]) =>
    <L extends string>(name: string, help: string, labelNames: L[]) =>
      new Histogram({ name: `signalbox_${name}`, help, labelNames, buckets, registers })
  return { counter, histogram, fast: histogram(FAST_SECONDS), slow: histogram(SLOW_SECONDS) }
}

type Makers = ReturnType<typeof createMakers>

const CONFIDENCES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]

const ofDecisions = ({ counter, fast, histogram }: Makers) => ({
  decisions: counter('decisions_total', 'Decisions, dry runs included.', ['route', 'reason']),
  armDecisions: counter('arm_decisions_total', 'Decisions by the arm that made them.', ['arm']),
  degraded: counter('degraded_total', 'Decisions that were made without the encoder.', ['code']),
  byWords: counter(
    'words_alone_total',
    'Those of them that the words decided; the default route took the others.',
    ['code'],
  ),
  skipped: counter('skipped_models_total', 'Models that could not serve a request.', [
    'model',
    'constraint',
  ]),
  choices: counter(
    'model_choices_total',
    'Models that decisions chose, by the policy that did; configured where it was the order.',
    ['route', 'model', 'policy'],
  ),
  confidence: histogram(CONFIDENCES)(
    'decision_confidence',
    'How surely the best route is right, of prompts that were classified.',
    ['route'],
  ),
  stages: fast('decision_stage_seconds', 'Stages of a decision.', ['stage']),
})

const ofRequests = ({ counter, fast, slow }: Makers) => ({
  requests: slow('request_seconds', 'Requests until their last byte.', [
    'method',
    'path',
    'status',
  ]),
  errors: counter('errors_total', 'Requests that ended in an error.', ['path', 'code']),
  overhead: fast('overhead_seconds', 'Our own time in routed requests, without providers.', []),
})

const ofAnswers = ({ counter, slow }: Makers) => ({
  answers: counter('answers_total', 'What became of routed requests.', ['route', 'outcome']),
  good: counter(
    'good_answers_total',
    'Goodput: routed by a classification or a pin, served whole, by the model that was decided.',
    ['route'],
  ),
  answer: slow('answer_seconds', 'From the decision to the last byte, by who served.', ['model']),
  firstToken: slow('first_token_seconds', 'From the decision to the first content byte.', [
    'model',
  ]),
})

const ofProviders = ({ counter, slow }: Makers) => ({
  upstream: slow('upstream_seconds', 'Attempts until an answer or a first content byte.', [
    'model',
    'outcome',
  ]),
  attempts: counter('attempts_total', 'Calls to providers.', ['model']),
  attemptErrors: counter('attempt_errors_total', 'Failed calls to providers.', ['model', 'code']),
  retries: counter('retries_total', 'Second calls to the same model in a request.', ['model']),
  fallbacks: counter('fallbacks_total', 'Answers of another than the decided model.', [
    'route',
    'model',
  ]),
})

const ofUsage = ({ counter }: Makers) => ({
  tokens: counter('tokens_total', 'Tokens of answers; kind is prompt or completion.', [
    'model',
    'kind',
  ]),
  cost: counter('cost_usd_total', 'Cost of answers of known cost, in USD.', ['model']),
  costUnknown: counter('cost_unknown_total', 'Answers of unknown cost.', ['model']),
  cache: counter('cache_total', 'Requests by what the answer cache had: hit, miss, bypass.', [
    'route',
    'status',
  ]),
})

const ofVotesAndEmbeddings = ({ counter, slow }: Makers) => ({
  implicitVotes: counter('implicit_votes_total', 'Votes read off what callers did next.', [
    'kind',
    'outcome',
  ]),
  embeddings: slow('embedding_seconds', 'Requests for embeddings; the local encoder is local.', [
    'model',
    'outcome',
  ]),
  embeddedTokens: counter('embedded_tokens_total', 'Tokens of texts embedded.', ['model']),
})

export const createInstruments = (registry: Registry) => {
  const makers = createMakers(registry)
  return {
    ...ofDecisions(makers),
    ...ofRequests(makers),
    ...ofAnswers(makers),
    ...ofProviders(makers),
    ...ofUsage(makers),
    ...ofVotesAndEmbeddings(makers),
  }
}

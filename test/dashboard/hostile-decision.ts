// A decision of which every field that others may write holds markup: shown literally, or the page is broken into.

import { seededId } from '../../scripts/rig/seed-decisions.ts'
import type { SelectionCandidate } from '../../src/core/select/selection.ts'
import type { Completion, Decision } from '../../src/core/types.ts'

/** Ends an attribute, an element, a script and a comment, and would set `pwned`. */
export const markup = (field: string): string =>
  `</title></script>"'><img src=x onerror="globalThis.pwned='${field}'"><svg/onload=pwned=1><!--{{${field}}}`

export const hostileDecision = (
  atMs: number,
  generation: number,
): { decision: Decision; completion: Completion } => {
  const candidate: SelectionCandidate = {
    ...{ model: markup('candidate'), propensity: 1, costUsd: null, firstTokenMs: null, waitMs: 0 },
    ...{ completionTokens: 5, tokensPerSecond: null, cachedTokens: 0, calls: 0, pendingMs: 0 },
    isStale: false,
  }
  const decision: Decision = {
    id: seededId(atMs, 9_999_999),
    createdAtMs: atMs,
    requestId: markup('request'),
    sessionId: markup('session'),
    requestedModel: markup('requested model'),
    routingText: {
      text: `${markup('text')}\n<script>pwned=1</script>\u202e`,
      digest: '0'.repeat(64),
      isTruncated: true,
      hasSignal: true,
      flags: [markup('flag')],
    },
    embedding: null,
    route: markup('route'),
    model: markup('model'),
    reason: markup('reason') as Decision['reason'],
    degradedBy: markup('degraded'),
    confidence: 0.5,
    margin: 0.1,
    threshold: 0.4,
    scores: [{ route: markup('score'), score: 0.5 }],
    neighbours: [{ exemplarId: markup('exemplar'), route: markup('neighbour'), similarity: 0.5 }],
    indexGeneration: generation,
    encoderId: markup('encoder'),
    configVersion: markup('configuration'),
    timings: { totalMs: 5 },
    recipe: 2,
    classification: null,
    inherited: {
      source: 'history',
      weight: 0.5,
      cues: [markup('cue')],
      turnsBack: 1,
      earlier: { route: markup('earlier'), confidence: 0.5, novelty: 0, scores: [] },
      own: null,
    },
    skipped: [
      { model: markup('skipped'), constraint: markup('constraint'), message: markup('message') },
    ],
    selection: {
      ...{ policy: markup('policy'), seed: 1, held: null, promptTokens: 5 },
      candidates: [candidate],
    },
    wordLogits: null,
    arm: null,
    userDigest: null,
    principal: markup('key'),
  }
  const completion: Completion = {
    outcome: 'served',
    model: markup('served model'),
    attempts: [
      {
        provider: markup('provider'),
        model: markup('attempt'),
        startedAtMs: atMs,
        durationMs: 5,
        status: 500,
        errorCode: markup('error'),
      },
    ],
    usage: null,
    costUsd: null,
    firstTokenMs: 3,
    totalMs: 5,
  }
  return { decision, completion }
}

/** Fields that the page of the decision shows. */
export const SHOWN_FIELDS = [
  ...['request', 'session', 'requested model', 'text', 'flag', 'route', 'reason', 'degraded'],
  ...[
    'policy',
    'candidate',
    'score',
    'exemplar',
    'neighbour',
    'configuration',
    'cue',
    'earlier',
    'skipped',
    'constraint',
  ],
  ...['message', 'key', 'served model', 'provider', 'attempt', 'error'],
]

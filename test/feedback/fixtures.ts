// A real store, and a router that knows two words: "loop" is code, "tax" is finance, the rest takes the default route.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Decision } from '../../src/core/types.ts'
import type { ImportDeps } from '../../src/feedback/import-feedback.ts'
import type { SqliteStoreOptions } from '../../src/store/sqlite/sqlite-store.ts'
import { idOf, openStoreHere, temporaryFolder } from '../store/fixtures.ts'
import { fakeDecision } from '../support/http-fakes.ts'
import { exampleConfig } from '../support/training-folder.ts'

const ROUTES = ['code', 'finance']

export const feedbackConfig = exampleConfig(ROUTES)

const routeOf = (text: string): string => {
  if (text.includes('loop')) return 'code'
  return text.includes('tax') ? 'finance' : 'general'
}

/** Unit vector that follows from the text. */
export const vectorOf = (text: string): Float32Array => {
  const bytes = createHash('sha256').update(text).digest()
  const vector = Float32Array.from({ length: 8 }, (_, i) => (bytes[i] ?? 0) - 127.5)
  const norm = Math.hypot(...vector)
  return vector.map((x) => x / norm)
}

export const decisionFor = (text: string, changes: Partial<Decision> = {}): Decision =>
  fakeDecision({
    route: routeOf(text),
    routingText: {
      text,
      digest: createHash('sha256').update(text).digest('hex'),
      isTruncated: false,
      hasSignal: true,
      flags: [],
    },
    embedding: vectorOf(text),
    ...changes,
  })

export const createImport = async (options: Partial<SqliteStoreOptions> = {}) => {
  const folder = temporaryFolder()
  const store = await openStoreHere({ file: join(folder, 'signalbox.db'), ...options })
  const routed: string[] = []
  let ids = 0
  const clock = { ms: 1_700_000_000_000 }
  const deps: ImportDeps = {
    config: feedbackConfig,
    store,
    route: async (text) => {
      routed.push(text)
      if (text.includes('timeout')) {
        return decisionFor(text, {
          embedding: null,
          degradedBy: 'encoder_timeout',
          reason: 'degraded',
        })
      }
      if (!/\p{L}/u.test(text)) return decisionFor(text, { embedding: null, reason: 'no_signal' })
      return decisionFor(text)
    },
    concurrency: 4,
    newId: () => idOf(++ids),
    now: () => ++clock.ms,
  }
  return { folder, store, deps, routed }
}

// An encoder and index that are ready at once and know one thing: which route a prompt is about, by a word in it, and how
// surely, by a number in it ("code 0.7").
import type { RoutingEngine } from '../../src/service/routing-engine.ts'
import type { Generation } from '../../src/vector-index/generation.ts'

const ROUTES = ['code', 'math', 'writing']

/** What a service needs of an engine to route; nothing to build an index with. */
export const createFakeEngine = (): RoutingEngine => {
  const generation = {
    number: 1,
    classifier: { routes: ROUTES, thresholds: {}, parameters: {} },
    manifest: { encoderId: 'fake/4' },
    exemplars: [],
  } as unknown as Generation
  const engine: Partial<RoutingEngine> = {
    classify: async ({ text }) => {
      const best = ROUTES.find((route) => text.includes(route))
      const confidence = Number(/\d\.\d+/.exec(text)?.[0] ?? 0.9)
      const scores = ROUTES.map((route) => ({ route, score: route === best ? confidence : 0.01 }))
      return {
        classification: {
          scores: scores.sort((a, b) => b.score - a.score),
          confidence: best ? confidence : 0.01,
          margin: confidence,
          neighbours: [],
          novelty: 0,
          noveltyLimit: 1,
        },
        embedding: Float32Array.of(1, 0, 0, 0),
        generation,
        degradedBy: null,
      } as unknown as Awaited<ReturnType<RoutingEngine['classify']>>
    },
    sentences: { dimensions: () => 4, embed: async () => Float32Array.of(1, 0, 0, 0) },
    generation: () => generation,
    canary: () => null,
    shadow: () => null,
    armsStatus: () => null,
    reload: async () => {},
    exemplars: () => new Map(),
    indexProblem: () => null,
    ready: Promise.resolve(),
    checks: () => ({ encoder: { ok: true, detail: 'fake' }, index: { ok: true, detail: 'fake' } }),
    encoderStats: () => ({}),
    close: async () => {},
  }
  return engine as RoutingEngine
}

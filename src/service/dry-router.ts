// The decision for one bare prompt as the running server would make it, recorded nowhere: what an import judges.

import type { ImportDeps } from '../feedback/import-feedback.ts'
import { createPipeline, type PipelineDeps } from '../pipeline.ts'

export const createDryRouter = (
  deps: Pick<PipelineDeps, 'config' | 'configVersion' | 'classify' | 'digest' | 'newId' | 'now'>,
): ImportDeps['route'] => {
  const pipeline = createPipeline({
    ...deps,
    callUpstream: () => Promise.reject(new Error('A dry run makes no upstream calls.')),
    store: { recordDecision: () => {} },
    recordCompletion: () => {},
    onDecision: () => {},
  })
  const { signal } = new AbortController()
  return (text) =>
    pipeline.route({
      requestId: deps.newId(),
      model: 'auto',
      messages: [{ role: 'user', content: text }],
      sessionId: null,
      signal,
    })
}

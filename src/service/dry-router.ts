// The decision for a prompt as the running server would make it, recorded nowhere: what an import judges, and what is tried out.

import type { ImportDeps } from '../feedback/import-feedback.ts'
import { createPipeline, type Pipeline, type PipelineDeps } from '../pipeline.ts'

type DryDeps = Pick<
  PipelineDeps,
  'config' | 'configVersion' | 'classify' | 'chooseArm' | 'digest' | 'newId' | 'now'
>

/** Calls no model, stores nothing, counts nothing. */
export const createDryPipeline = (deps: DryDeps): Pick<Pipeline, 'route'> =>
  createPipeline({
    ...deps,
    callUpstream: () => Promise.reject(new Error('A dry run makes no upstream calls.')),
    store: { recordDecision: () => {} },
    recordCompletion: () => {},
    onDecision: () => {},
  })

export const createDryRouter = (deps: DryDeps): ImportDeps['route'] => {
  const pipeline = createDryPipeline(deps)
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

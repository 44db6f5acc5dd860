import { expect, it } from 'vitest'
import type { AttemptEnd, RequestTrace, TracedCall } from '../../../src/core/trace.ts'
import { RouterError } from '../../../src/errors.ts'
import { tracedCall } from '../../../src/upstream/resilience/traced-call.ts'

const target = {
  provider: 'main',
  model: 'emb',
  upstreamName: 'emb-large',
  price: { input: null, output: null },
}

const recording = () => {
  const begun: TracedCall[] = []
  const ended: AttemptEnd[] = []
  const trace: RequestTrace = {
    attempt: (call) => {
      begun.push(call)
      return {
        headers: { traceparent: '00-a-b-01' },
        firstChunk: () => {},
        end: (end) => void ended.push(end),
      }
    },
  }
  return { trace, begun, ended }
}

const usage = { promptTokens: 3, completionTokens: 0, isEstimated: false }
const rest = { target, operation: 'embeddings', usageOf: () => usage }

it('has a span with the tokens of its answer, and tells the provider of the trace', async () => {
  const { trace, begun, ended } = recording()
  const work = async (headers: Readonly<Record<string, string>>) => headers
  expect(await tracedCall({ ...rest, trace, work })).toEqual({ traceparent: '00-a-b-01' })
  const named = { operation: 'embeddings', provider: 'main', model: 'emb' }
  expect(begun).toEqual([{ ...named, upstreamName: 'emb-large', isStream: false }])
  expect(ended).toEqual([{ status: 200, errorCode: null, usage }])
})

it('has the code and the status of its failure, and none where it was never sent', async () => {
  const { trace, begun, ended } = recording()
  const failing = (error: RouterError) => () => Promise.reject(error)
  const down = new RouterError('upstream_error', 'down', { details: { status: 503 } })
  await expect(tracedCall({ ...rest, trace, work: failing(down) })).rejects.toBe(down)
  const refused = new RouterError('invalid_request', 'no such path')
  await expect(tracedCall({ ...rest, trace, work: failing(refused) })).rejects.toBe(refused)
  expect(begun).toHaveLength(2)
  expect(ended).toEqual([{ status: 503, errorCode: 'upstream_error', usage: null }])
})

it('is made without headers where the request is not traced', async () => {
  expect(await tracedCall({ ...rest, trace: undefined, work: async (headers) => headers })).toEqual(
    {},
  )
})

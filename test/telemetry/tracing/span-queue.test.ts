import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { expect, it, onTestFinished } from 'vitest'
import { createSpanQueue } from '../../../src/telemetry/tracing/span-queue.ts'
import { recordingLogger } from '../../store/fixtures.ts'

/** A collector that takes what it is sent and never answers. */
const startSilent = async (): Promise<string> => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
}

it('drops and counts spans beyond its bound while the collector is silent, and says so once', async () => {
  const logger = recordingLogger()
  const settings = { url: await startSilent(), protocol: 'http/json' as const, maxWaiting: 3 }
  const queue = createSpanQueue({ settings, logger, now: () => 0 })
  const tracer = new BasicTracerProvider({ spanProcessors: [queue.processor] }).getTracer('test')
  for (let i = 0; i < 10; i += 1) tracer.startSpan('one').end()
  expect(queue.stats()).toEqual({ exported: 0, failed: 0, dropped: 7, waiting: 3 })
  expect(logger.lines.map(({ level, facts }) => [level, facts.problem])).toEqual([
    ['warn', 'queue full'],
  ])
})

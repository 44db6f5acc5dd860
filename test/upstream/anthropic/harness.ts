// An Anthropic upstream on the fake provider, and requests in both dialects.
import type { UpstreamRequest } from '../../../src/dialects/chat/upstream-request.ts'
import { createAnthropicUpstream } from '../../../src/upstream/anthropic/anthropic.ts'
import type { HttpUpstreamOptions } from '../../../src/upstream/provider/http-provider.ts'
import { ANTHROPIC_KEY } from '../../support/fake-anthropic.ts'
import { createTestLogger, egressFetch, requestOf } from '../harness.ts'

export const anthropicFor = (baseUrl: string, options: Partial<HttpUpstreamOptions> = {}) => {
  const { logger, lines } = createTestLogger()
  const upstream = createAnthropicUpstream({
    provider: 'fake',
    baseUrl,
    keys: [ANTHROPIC_KEY],
    timeouts: { firstTokenMs: 10_000, idleMs: 10_000, totalMs: 20_000 },
    fetch: egressFetch,
    logger,
    now: () => 1_700_000_000_000,
    ...options,
  })
  return { upstream, lines }
}

/** As http/ makes it of a caller's Anthropic body. */
export const nativeRequestOf = (
  model: string,
  body: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): UpstreamRequest => {
  const messages = [{ role: 'user', content: 'Hello there' }]
  const native: Record<string, unknown> = { model: 'auto', max_tokens: 100, messages, ...body }
  const stream = native.stream === true ? { stream: true } : {}
  return {
    ...requestOf(model, stream),
    native: { dialect: 'anthropic', body: native, headers, untranslatable: [] },
  }
}

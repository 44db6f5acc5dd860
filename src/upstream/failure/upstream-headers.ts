// Headers of a provider's answer that the caller gets: the request's id there, and the remaining limits.
const NAMES = [
  ...['request-id', 'x-request-id', 'retry-after'],
  ...['limit', 'remaining', 'reset'].flatMap((what) =>
    ['requests', 'tokens'].map((of) => `x-ratelimit-${what}-${of}`),
  ),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((of) =>
    ['limit', 'remaining', 'reset'].map((what) => `anthropic-ratelimit-${of}-${what}`),
  ),
]

const MAX_CHARS = 200

/** By their names at the provider; only plain text. */
export const readUpstreamHeaders = (headers: Pick<Headers, 'get'>): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const name of NAMES) {
    const value = headers.get(name)
    if (value === null || value.length > MAX_CHARS || !/^[\x20-\x7e]+$/.test(value)) continue
    found[name] = value
  }
  return found
}

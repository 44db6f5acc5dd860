// The fallback chain of a request, which routing builds, and what remains of it after a failure.
import type { FailureKind } from './failure.ts'

/** A plain value, so that upstream does not read routes, keys or fallbacks of the configuration. */
export interface Chain {
  /** Distinct configured model ids in the order of attempts. */
  readonly models: readonly string[]
  /** Replaces the remaining models once a model refuses the prompt as too long. */
  readonly onContextWindow: readonly string[]
  /** Replaces the remaining models once a model refuses the prompt for its content. */
  readonly onContentPolicy: readonly string[]
  /** Context windows in tokens by model; missing where unknown. */
  readonly windows: Readonly<Record<string, number>>
  /** Whether streams are buffered until they are complete. */
  readonly isBuffered: boolean
}

/** The remaining models after a failure of this kind at `failed`, out of `left`. */
export const modelsAfter = (
  chain: Chain,
  { kind, failed, left }: { kind: FailureKind; failed: string; left: readonly string[] },
): string[] => {
  if (kind === 'final') return []
  if (kind === 'general') return [...left]
  if (kind === 'content_policy') return [...chain.onContentPolicy]
  const windowOf = (model: string): number => chain.windows[model] ?? 0
  const larger = windowOf(failed) > 0 ? left.filter((m) => windowOf(m) > windowOf(failed)) : []
  return [...new Set([...chain.onContextWindow, ...larger])]
}

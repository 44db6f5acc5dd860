// Which models a request may go to, in which order, as routing has worked it out; and what is left of them after a failure.
import type { FailureKind } from './failure.ts'

/** A plain value: nobody below routing reads routes, keys or fallbacks of the configuration. */
export interface Chain {
  /** Configured model ids in the order of trying, none twice. */
  readonly models: readonly string[]
  /** Tried instead of what is left once a model refuses the prompt as too long. */
  readonly onContextWindow: readonly string[]
  /** Tried instead of what is left once a model refuses the prompt for its content. */
  readonly onContentPolicy: readonly string[]
  /** Context windows in tokens by model; a model without one is not known. */
  readonly windows: Readonly<Record<string, number>>
  /** Whether streams are held back until they are whole. */
  readonly isBuffered: boolean
}

/** What is left to try after a failure of this kind at `failed`, out of `left`. */
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

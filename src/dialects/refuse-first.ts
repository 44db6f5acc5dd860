// Checks of long lists of messages: the first bad one is named, so that ten thousand cost no more than one.
import type { z } from 'zod'

/** The problem of one message and its path within it; null where there is none. */
export type ProblemOf = (item: unknown) => { path: string[]; problem: string } | null

/** For `superRefine` of an array. */
export const refuseFirst =
  (problemOf: ProblemOf) =>
  (items: unknown[], ctx: z.RefinementCtx<unknown[]>): void => {
    for (const [i, item] of items.entries()) {
      const found = problemOf(item)
      if (found === null) continue
      ctx.addIssue({ code: 'custom', message: found.problem, path: [i, ...found.path] })
      return
    }
  }

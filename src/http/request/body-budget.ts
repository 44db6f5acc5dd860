// Limits the total size of request bodies in memory. Small bodies are neither counted nor refused, so that large ones cannot block
// them.
import { RouterError } from '../../errors.ts'

/** Largest size of a small body. */
const SMALL_BYTES = 65_536
const RETRY_AFTER_MS = 1_000

/** The reservation of one request. */
export interface HeldBody {
  /** Grows the reservation to `bytes`; false where the budget is used up. */
  grow(bytes: number): boolean
  release(): void
  /** The error for a used-up budget. */
  refusal(): RouterError
}

export interface BodyBudget {
  hold(): HeldBody
}

const noRoom = (room: number): RouterError =>
  new RouterError(
    'overloaded',
    `The bodies of the requests under way take all of the ${room} bytes that server.max_bodies_bytes allows; try again in a moment.`,
    { details: { retryAfterMs: RETRY_AFTER_MS } },
  )

export interface BodyBudgetOptions {
  max_bodies_bytes: number
  /** At least one body of the largest size is always accepted. */
  max_body_bytes: number
}

export const createBodyBudget = (options: BodyBudgetOptions): BodyBudget => {
  const room = Math.max(options.max_bodies_bytes, options.max_body_bytes)
  let total = 0
  return {
    hold: () => {
      let held = 0
      const take = (bytes: number): void => {
        total += bytes - held
        held = bytes
      }
      return {
        grow: (bytes) => {
          const wanted = bytes <= SMALL_BYTES ? held : Math.max(held, bytes)
          const hasRoom = total - held + wanted <= room
          if (hasRoom) take(wanted)
          return hasRoom
        },
        release: () => take(0),
        refusal: () => noRoom(room),
      }
    },
  }
}

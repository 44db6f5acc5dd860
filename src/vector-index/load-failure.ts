// Backoff for a generation that could not be loaded: it is retried after a number of polls that doubles each time.

export interface LoadFailure {
  /** Number of the generation; null where the pointer itself could not be read. */
  number: number | null
  message: string
  looksLeft: number
  backoffLooks: number
}

const MAX_BACKOFF_LOOKS = 64

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'An unknown error happened.'

export const nextFailure = (
  last: LoadFailure | null,
  number: number | null,
  error: unknown,
): LoadFailure => {
  const isRepeat = last !== null && last.number === number
  const backoffLooks = isRepeat ? Math.min(MAX_BACKOFF_LOOKS, 2 * last.backoffLooks) : 1
  return { number, message: messageOf(error), looksLeft: backoffLooks, backoffLooks }
}

/** Counts one poll; false once the generation may be retried. */
export const waitsOn = (failure: LoadFailure): boolean => {
  failure.looksLeft -= 1
  return failure.looksLeft > 0
}

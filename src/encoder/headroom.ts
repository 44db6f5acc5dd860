// How much of a prompt's deadline its expected time may take; used by dispatcher.ts and fleet.ts. The estimate knows the encoder's pace,
// but not how late a busy main thread hears of it. So what is planned ends earlier by as much as answers waited for the event loop
// lately, and its share of the deadline shrinks with every prompt that was computed but heard of too late, because such work is lost.

/** Where nothing was late; the rest is a margin for errors of the estimate. */
const MOST = 0.9
const LEAST = 0.5
/** One late prompt in forty keeps the share where it is. */
const STEP_DOWN = 0.02
const STEP_UP = STEP_DOWN / 40
/** An admitted prompt may take this much more before it is dropped. */
const STARTED = 0.1
/** Share of each answer in the running mean of how long they wait for the event loop. */
const HEARD_SHARE = 0.05
/** Waits for the event loop take no more of a deadline: the encoder must have work where the loop is later than any deadline. */
const MOST_WAITED = 0.5

export interface Headroom {
  /** Milliseconds of its deadline that the expected time of an arriving prompt may take. */
  atDoor(deadlineMs: number): number
  /** The same for a prompt that is about to be sent to a process. */
  atStart(deadlineMs: number): number
  /** An answer of a process may have waited so long until it was heard. */
  heardAfter(ms: number): void
  /** A prompt was answered in time. */
  met(): void
  /** A prompt that was sent to a process missed its deadline. */
  missed(): void
}

/** What is left of a deadline after a wait for the event loop. */
export const afterWait = (deadlineMs: number, waitedMs: number): number =>
  deadlineMs - Math.min(waitedMs, MOST_WAITED * deadlineMs)

export const createHeadroom = (): Headroom => {
  let planned = MOST
  let heardMs = 0
  const msOf = (share: number, deadlineMs: number): number =>
    afterWait(deadlineMs, heardMs) - (1 - share) * deadlineMs
  return {
    atDoor: (deadlineMs) => msOf(planned, deadlineMs),
    atStart: (deadlineMs) => msOf(planned + STARTED, deadlineMs),
    heardAfter: (ms) => {
      heardMs += HEARD_SHARE * (ms - heardMs)
    },
    met: () => {
      planned = Math.min(MOST, planned + STEP_UP)
    },
    missed: () => {
      planned = Math.max(LEAST, planned - STEP_DOWN)
    },
  }
}

// The share of a prompt's deadline that its expected time may take; used by dispatcher.ts and fleet.ts. It shrinks with every prompt
// that was computed but heard of too late, because such work is lost: the estimate knows the encoder's pace, but not how late a busy
// main thread hears of it.

/** Where nothing was late; the rest is a margin for errors of the estimate. */
const MOST = 0.9
const LEAST = 0.5
/** One late prompt in forty keeps the share where it is. */
const STEP_DOWN = 0.02
const STEP_UP = STEP_DOWN / 40
/** An admitted prompt may take this much more before it is dropped. */
const STARTED = 0.1

export interface Headroom {
  /** Share of its deadline that the expected time of an arriving prompt may take. */
  atDoor(): number
  /** The same for a prompt that is about to be sent to a process. */
  atStart(): number
  /** A prompt was answered in time. */
  met(): void
  /** A prompt that was sent to a process missed its deadline. */
  missed(): void
}

export const createHeadroom = (): Headroom => {
  let planned = MOST
  return {
    atDoor: () => planned,
    atStart: () => planned + STARTED,
    met: () => {
      planned = Math.min(MOST, planned + STEP_UP)
    },
    missed: () => {
      planned = Math.max(LEAST, planned - STEP_DOWN)
    },
  }
}

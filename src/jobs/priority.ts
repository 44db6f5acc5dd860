// How much a process of heavy work gives way to the one that serves.
import { getPriority, setPriority } from 'node:os'

/** Niceness as in nice(1) of what a server does in the background. */
export const BACKGROUND_NICENESS = 10

/**
 * Of a rebuild, which people wait for: at 10 it got a quarter of what an ordinary process got beside twenty others, and took minutes for
 * ten seconds of work. At 5 it gets two fifths, and what serves still goes first.
 */
export const REBUILD_NICENESS = 5

/** Of this process, and of those that it starts from now on; one that is lower already stays, as none may be raised again. */
export const lowerPriority = (niceness: number = BACKGROUND_NICENESS): void => {
  if (getPriority() < niceness) setPriority(niceness)
}

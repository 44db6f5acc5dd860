// Daily hours in which only critical alerts are sent. Pure: the time is an argument.
export interface QuietHours {
  /** Minutes since midnight, in the zone of `offsetMinutes`. A period over midnight has `from` after `to`. */
  fromMinute: number
  toMinute: number
  /** Offset of the zone, positive east of UTC. */
  offsetMinutes: number
}

const DAY_MINUTES = 1_440

export const isQuiet = (hours: QuietHours | null, atMs: number): boolean => {
  if (hours === null) return false
  const { fromMinute: from, toMinute: to, offsetMinutes } = hours
  const minutes = Math.floor(atMs / 60_000) + offsetMinutes
  const minute = ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to
}

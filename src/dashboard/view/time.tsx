// Points in time and lengths of it, as people read them.
import { useDesk } from './context.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** They are costly to make: one for each zone and form. */
const formatOf = (zone: string, form: 'time' | 'date'): Intl.DateTimeFormat => {
  const name = `${form} ${zone}`
  const known = formats.get(name)
  if (known) return known
  if (formats.size > 200) formats.clear()
  const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false } as const
  const parts = form === 'date' ? day : { ...day, ...time }
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, ...parts })
  formats.set(name, made)
  return made
}

export const timeText = (ms: number, zone: string, form: 'time' | 'date' = 'time'): string =>
  formatOf(zone, form).format(ms)

/** In the viewer's zone; `date` leaves the time of day out. */
export const When = ({ ms, form = 'time' }: { ms: number; form?: 'time' | 'date' }) => {
  const { zone } = useDesk()
  const iso = new Date(ms).toISOString()
  return (
    <time datetime={iso} title={`${iso} (shown in ${zone})`}>
      {timeText(ms, zone, form)}
    </time>
  )
}

const UNITS: [ms: number, name: string][] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
]

/** `3 min ago`; the exact time stands in its title. */
export const Ago = ({ ms }: { ms: number }) => {
  const { nowMs, zone } = useDesk()
  const passed = Math.max(0, nowMs - ms)
  const unit = UNITS.find(([each]) => passed >= each)
  const text = unit ? `${Math.floor(passed / unit[0])} ${unit[1]} ago` : 'now'
  return (
    <time datetime={new Date(ms).toISOString()} title={timeText(ms, zone)}>
      {text}
    </time>
  )
}

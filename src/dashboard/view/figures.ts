// Numbers as people read them: three digits that matter, a thin space before the unit, – for what is not known.

const UNKNOWN = '–'

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

export const count = (value: number | null): string =>
  value === null ? UNKNOWN : grouped.format(value)

/** `1 prompt`, `2 prompts`. */
export const some = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** `12.3K`, for large figures in little room. */
export const compact = (value: number | null): string =>
  value === null ? UNKNOWN : short.format(value)

export const percent = (share: number | null, digits = 1): string =>
  share === null || !Number.isFinite(share) ? UNKNOWN : `${(share * 100).toFixed(digits)} %`

/** A confidence, a similarity, a score. */
export const ratio = (value: number | null): string => (value === null ? UNKNOWN : value.toFixed(3))

export const usd = (value: number | null): string => {
  if (value === null) return UNKNOWN
  if (value === 0) return '$0'
  return Math.abs(value) < 1 ? `$${value.toPrecision(3)}` : `$${value.toFixed(2)}`
}

export const milliseconds = (ms: number | null): string => {
  if (ms === null) return UNKNOWN
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1_000).toFixed(2)} s` : `${(ms / 60_000).toFixed(1)} min`
}

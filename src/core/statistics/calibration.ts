// Reliability of confidences: rows are binned by confidence, and each bin's mean confidence is compared with its accuracy. Bins of
// equal width are the usual figure; bins of equal mass do not hide the many rows near 1 in a single bin.
/** One prediction: its confidence, and whether it was right. */
export interface RatedPrediction {
  /** Predicted probability of being right, 0 to 1. */
  confidence: number
  isRight: boolean
}

export type Binning = 'width' | 'mass'

export interface ReliabilityBin {
  /** Least and greatest confidence: the bin's ends under equal width, of its rows under equal mass. */
  from: number
  to: number
  rows: number
  /** Mean confidence, and share of right rows. */
  confidence: number
  accuracy: number
}

export interface Reliability {
  binning: Binning
  /** Non-empty bins, by rising confidence. */
  bins: ReliabilityBin[]
  /** Expected calibration error (Naeini et al. 2015): mean |confidence − accuracy| over rows; null without rows. */
  ece: number | null
  /** Greatest gap of a bin; null without rows. */
  mce: number | null
}

const BINS = 10

const toBin = (
  rows: readonly RatedPrediction[],
  ends: [number, number] | null,
): ReliabilityBin => ({
  from: ends?.[0] ?? (rows[0] as RatedPrediction).confidence,
  to: ends?.[1] ?? (rows.at(-1) as RatedPrediction).confidence,
  rows: rows.length,
  confidence: rows.reduce((sum, row) => sum + row.confidence, 0) / rows.length,
  accuracy: rows.filter((row) => row.isRight).length / rows.length,
})

const byWidth = (rows: readonly RatedPrediction[], bins: number): ReliabilityBin[] => {
  const groups = Array.from({ length: bins }, (): RatedPrediction[] => [])
  for (const row of rows) {
    groups[Math.min(bins - 1, Math.floor(row.confidence * bins))]?.push(row)
  }
  return groups.flatMap((group, i) =>
    group.length === 0 ? [] : [toBin(group, [i / bins, (i + 1) / bins])],
  )
}

/** Rows of equal confidence are never split: a bin that would end among them takes them all. */
const byMass = (sorted: readonly RatedPrediction[], bins: number): ReliabilityBin[] => {
  const out: ReliabilityBin[] = []
  let start = 0
  for (let bin = 1; bin <= bins; bin++) {
    let end = Math.round((bin * sorted.length) / bins)
    if (end <= start) continue
    while (end < sorted.length && sorted[end]?.confidence === sorted[end - 1]?.confidence) end++
    out.push(toBin(sorted.slice(start, end), null))
    start = end
  }
  return out
}

/** Reliability over `bins` bins (default ten). Rows may come in any order. */
export const reliabilityOf = (
  rows: readonly RatedPrediction[],
  options: { binning: Binning; bins?: number },
): Reliability => {
  const { binning, bins: wanted = BINS } = options
  const sorted = [...rows].sort((a, b) => a.confidence - b.confidence)
  const bins = binning === 'width' ? byWidth(sorted, wanted) : byMass(sorted, wanted)
  const gaps = bins.map((bin) => Math.abs(bin.confidence - bin.accuracy))
  const weighted = bins.reduce((sum, bin, i) => sum + bin.rows * (gaps[i] as number), 0)
  return {
    binning,
    bins,
    ece: rows.length === 0 ? null : weighted / rows.length,
    mce: rows.length === 0 ? null : Math.max(...gaps),
  }
}

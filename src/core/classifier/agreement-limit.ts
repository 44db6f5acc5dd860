// The lowest confidence from which on one decision is the same as another often enough. Used by words-alone.ts and words-first.ts.

export interface Compared {
  /** Of the decision that is held against the other. */
  confidence: number
  isSame: boolean
}

export interface AgreementLimit {
  limit: number
  /** Share of the rows from the limit on that are decided alike, and their number. */
  agreement: number
  above: number
}

/** Null where no confidence has enough agreement from it on. Rows of equal confidence are above a limit together. */
export const agreementLimit = (
  rows: readonly Compared[],
  isEnough: (same: number, all: number) => boolean,
): AgreementLimit | null => {
  const ranked = [...rows].sort((a, b) => b.confidence - a.confidence)
  let [same, found] = [0, null as AgreementLimit | null]
  ranked.forEach(({ confidence, isSame }, i) => {
    const above = i + 1
    if (isSame) same++
    if (ranked[above]?.confidence === confidence || !isEnough(same, above)) return
    found = { limit: confidence, agreement: same / above, above }
  })
  return found
}

// Macro-F1: the mean F1 over the labels that occur, in which every route counts the same. Works on positions, so that a bootstrap can
// compute it a thousand times.

/** One row's label and outcome as numbers; −1 where it has none (a none-of-the-above row, an abstention). */
export interface Outcomes {
  labels: Int32Array
  outcomes: Int32Array
  /** Numbers in use: 0 to `size` − 1. */
  size: number
}

/** Labels and outcomes numbered alike, in order of appearance. */
export const numberOutcomes = (
  rows: readonly { label: string | null; outcome: string | null }[],
): Outcomes => {
  const numbers = new Map<string, number>()
  const numberOf = (name: string | null): number => {
    if (name === null) return -1
    const number = numbers.get(name) ?? numbers.size
    numbers.set(name, number)
    return number
  }
  const labels = Int32Array.from(rows, ({ label }) => numberOf(label))
  const outcomes = Int32Array.from(rows, ({ outcome }) => numberOf(outcome))
  return { labels, outcomes, size: numbers.size }
}

/** Macro-F1 over the rows at these positions (default all); NaN where none of them has a label. */
export const macroF1Of = (data: Outcomes, rows?: Int32Array): number => {
  const { labels, outcomes, size } = data
  const support = new Int32Array(size)
  const taken = new Int32Array(size)
  const right = new Int32Array(size)
  const count = rows?.length ?? labels.length
  for (let i = 0; i < count; i++) {
    const row = rows ? (rows[i] as number) : i
    const label = labels[row] as number
    const outcome = outcomes[row] as number
    if (label >= 0) support[label] = (support[label] as number) + 1
    if (outcome >= 0) taken[outcome] = (taken[outcome] as number) + 1
    if (label >= 0 && label === outcome) right[label] = (right[label] as number) + 1
  }
  let sum = 0
  let present = 0
  for (let label = 0; label < size; label++) {
    if (support[label] === 0) continue
    present++
    sum += (2 * (right[label] as number)) / ((support[label] as number) + (taken[label] as number))
  }
  return sum / present
}

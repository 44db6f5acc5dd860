// Smallest and largest value of each channel over all tokens seen, and what calibration derives from them.

export interface ChannelRange {
  low: Float32Array
  high: Float32Array
}

export const emptyRange = (channels: number): ChannelRange => ({
  low: new Float32Array(channels).fill(Number.POSITIVE_INFINITY),
  high: new Float32Array(channels).fill(Number.NEGATIVE_INFINITY),
})

/** Takes in token vectors laid one after the other. */
export const widen = ({ low, high }: ChannelRange, values: ArrayLike<number>): void => {
  for (let at = 0; at < values.length; at++) {
    const channel = at % low.length
    const value = values[at] as number
    low[channel] = Math.min(low[channel] as number, value)
    high[channel] = Math.max(high[channel] as number, value)
  }
}

export const midpoints = ({ low, high }: ChannelRange): number[] =>
  Array.from(low, (value, at) => (value + (high[at] as number)) / 2)

export const span = ({ low, high }: ChannelRange): number[] =>
  Array.from(low, (value, at) => (high[at] as number) - value)

/** Square roots of the values over their geometric mean: factors that even the channels out half-way. */
export const evened = (values: number[]): number[] => {
  const meanLog = values.reduce((sum, value) => sum + Math.log(value), 0) / values.length
  return values.map((value) => Math.sqrt(value / Math.exp(meanLog)))
}

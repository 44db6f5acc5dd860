// Numbers on the command line: each is one that makes sense, or refused with what is expected.
import { InvalidArgumentError } from 'commander'

export const toShare = (value: string): number => {
  const share = Number(value)
  if (value.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('Expected a share from 0 to 1, e.g. 0.85.')
}

/** Neither none nor all. */
export const toOpenShare = (value: string): number => {
  const share = toShare(value)
  if (share > 0 && share < 1) return share
  throw new InvalidArgumentError('Expected a share between 0 and 1, e.g. 0.05.')
}

export const toCount = (value: string): number => {
  const count = Number(value)
  if (Number.isInteger(count) && count >= 1) return count
  throw new InvalidArgumentError('Expected a whole number of at least 1.')
}

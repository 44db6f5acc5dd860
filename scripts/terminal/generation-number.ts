// A generation as it is named on the command line.
import { InvalidArgumentError } from 'commander'

/** 41 for `41` and `g000041`. */
export const toGeneration = (value: string): number => {
  const number = Number(value.replace(/^g0*/, ''))
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('Expected a generation number such as 41 or g000041.')
}

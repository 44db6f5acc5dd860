// Where one generation's page is, and which generation an address names.
import { RouterError } from '../../../errors.ts'

export const generationPath = (number: number): string => `/learning/generations/${number}`

/** @throws RouterError `not_found` for what is no number */
export const generationIn = ({ number = '' }: Readonly<Record<string, string>>): number => {
  if (/^[1-9]\d{0,8}$/.test(number)) return Number(number)
  throw new RouterError('not_found', 'There is no such generation; it is named by its number.')
}

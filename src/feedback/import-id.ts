// Ids of decisions that an import makes: the same text has the same id, so that importing it again finds it.
import { createHash } from 'node:crypto'

/**
 * A uuid (version 8) from sha256 of the text. Its time part is zero: ids sort by time, and an imported log comes after
 * everything that was really asked.
 */
export const importedDecisionId = (text: string): string => {
  const hex = createHash('sha256').update(`signalbox import\n${text}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(3, 4), 16) & 0x3) | 0x8).toString(16)
  return `00000000-0000-8${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`
}

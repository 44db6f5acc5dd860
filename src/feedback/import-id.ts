// Ids of imported decisions: derived from the text, so that a repeated import finds them.
import { createHash } from 'node:crypto'

/**
 * A uuid (version 8) from sha256 of the text. Its time part is zero: ids sort by time, so imported decisions sort after all real ones
 * in lists with the newest first.
 */
export const importedDecisionId = (text: string): string => {
  const hex = createHash('sha256').update(`signalbox import\n${text}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(3, 4), 16) & 0x3) | 0x8).toString(16)
  return `00000000-0000-8${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`
}

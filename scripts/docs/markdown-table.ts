// A Markdown table as text. A pipe inside a cell is escaped, so that it does not end the cell.

/** @param rows of as many cells as `head` has */
export const markdownTable = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells, i) => (i === 1 ? `|${cells.join('|')}|` : `| ${cells.map(cell).join(' | ')} |`))
    .join('\n')

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()

// Parses JSON Lines with line numbers. A bad line is a value, not an exception, so that all of them can be reported.

export type JsonLine = { number: number; value: unknown } | { number: number; error: string }

/** Non-blank lines, 1-based; a byte order mark and CRLF are accepted. Errors never quote the line: it may hold a prompt. */
export const jsonLines = (content: string): JsonLine[] => {
  const lines: JsonLine[] = []
  const text = content.startsWith('\uFEFF') ? content.slice(1) : content
  let number = 0
  for (const line of text.split('\n')) {
    number++
    if (line.trim() === '') continue
    try {
      lines.push({ number, value: JSON.parse(line) as unknown })
    } catch {
      lines.push({ number, error: 'is not valid JSON' })
    }
  }
  return lines
}

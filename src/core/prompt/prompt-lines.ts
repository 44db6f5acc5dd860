// Classifies a line of a prompt by its form: log, code, table, data or prose. Every pattern is anchored or bounded, so that a line
// costs time linear in its length.

export type LineKind =
  | 'log'
  | 'code'
  | 'table'
  | 'data'
  | 'quote'
  | 'diff'
  | 'blob'
  | 'prose'
  | 'blank'

/** Characters of a line that are read. */
const JUDGED = 400

const TIMESTAMP =
  /^\W{0,3}(?:\d{4}[-/]\d\d[-/]\d\d[T ]?\d?\d?|\d\d:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d|\d{1,2}[/.]\w{2,3}[/.]\d{2,4}[ :]\d\d:)/
const LEVEL =
  /^\W{0,3}(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|FATAL|CRITICAL|PANIC|SEVERE)\b/i
const TRACE =
  /^\s*(?:at [\w$.<>[\] ]{1,120}\(|at \S{1,200}:\d+|File "[^"]{1,200}", line \d+|Traceback \(most recent|Caused by: |goroutine \d+ \[|panic: |thread '|\.{3} \d+ more|\S{1,120}\.(?:go|rs|py|js|ts|java|c|cpp|rb|php):\d+|[\w.]{1,120}(?:Error|Exception)\b(?::|$)|npm ERR!|error\[E\d+\]|\[?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b|[\w.()*]{1,80}\(0x[0-9a-f]+)/
const CODE_START =
  /^\s*(?:import |from \S+ import |export |const |let |var |function\b|def |class |return\b|if\s*\(|else\b\s*[{:]|for\s*\(|while\s*\(|public |private |protected |static |#include|#define|package |using |namespace |struct |enum |interface |type \w+ =|fn |func |impl |pub |async |await |try\b\s*[{:]|catch\b|switch\s*\(|case .+:|SELECT |INSERT |UPDATE \w+ SET|DELETE FROM|CREATE TABLE|FROM \w+|WHERE |JOIN |LEFT JOIN |GROUP BY|ORDER BY|<\/?[a-z][\w-]*[ >/]|@\w+|\/\/|\/\*|#!|\* @)/
const CODE_END = /(?:[;{}]|\)\s*[{:]?|=>|,\s*\/\/.*|\]\s*;?)\s*$/
const CODE_SIGNS = /[=(){}[\];<>]|=>|\+\+|&&|\|\|/
const DATA_LINE = /^\s*(?:[{}[\]],?|"[^"]{1,120}"\s*:.*|[{[]".*|"[^"]{0,200}",?)\s*$/
const DIFF = /^(?:diff --git |index [0-9a-f]{7}|@@ -\d|(?:\+\+\+|---) [ab]\/)/
const BLOB = /^[A-Za-z0-9+/]{48,}={0,2}$/
const RULE = /^[\s|+:=-]{5,}$/

const count = (text: string, sign: string): number => {
  let found = 0
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) found++
  return found
}

/** Number of cells of a table row; separators that also occur in prose (a comma and a space) do not count. */
const cellsOf = (line: string): number => {
  if (count(line, '|') >= 2) return count(line, '|')
  if (count(line, '\t') >= 2) return count(line, '\t')
  if (count(line, ';') >= 3) return count(line, ';')
  return count(line, ',') - count(line, ', ')
}

const isCode = (line: string): boolean => {
  const isSentence = /^\s*[\p{Lu}][\p{Ll}]+ [\p{Ll}]+ [^;{}]*[.?!]$/u.test(line)
  if (isSentence) return false
  return (
    (CODE_START.test(line) && (CODE_SIGNS.test(line) || /^\s/.test(line))) ||
    (CODE_END.test(line) && CODE_SIGNS.test(line) && !/^[^(]*\([^)]*\)$/.test(line.trim())) ||
    /^\s+\S.*[=(].*[);,]\s*$/.test(line)
  )
}

export const lineKind = (whole: string): LineKind => {
  const line = whole.length > JUDGED ? whole.slice(0, JUDGED) : whole
  if (line.trim() === '') return 'blank'
  if (/^\s{0,3}>/.test(line)) return 'quote'
  if (DIFF.test(line)) return 'diff'
  if (BLOB.test(line) && /[A-Z]/.test(line) && /[a-z]/.test(line) && /\d/.test(line)) return 'blob'
  if (TIMESTAMP.test(line) && cellsOf(line) < 3) return 'log'
  if (LEVEL.test(line) || TRACE.test(line)) return 'log'
  if (DATA_LINE.test(line)) return 'data'
  if (RULE.test(line) || cellsOf(line) >= 2) return 'table'
  return isCode(line) ? 'code' : 'prose'
}

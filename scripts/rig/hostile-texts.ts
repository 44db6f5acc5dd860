// Texts that make careless patterns and loops slow: long runs of what a pattern begins with, and never of what it ends
// with. Each is made at any length; the linearity test reads them, and bench:hostile sends them.

/** Makes about `chars` UTF-16 units of one kind of text. */
export type MakeText = (chars: number) => string

const repeated =
  (unit: string): MakeText =>
  (chars) =>
    unit.repeat(Math.ceil(chars / unit.length)).slice(0, chars)

/** A run, and something at its end that the run's pattern hopes for in vain. */
const runThen =
  (unit: string, end: string): MakeText =>
  (chars) =>
    repeated(unit)(chars - end.length) + end

/** Half of one, half of the other. */
const halves =
  (first: string, second: string): MakeText =>
  (chars) =>
    repeated(first)(Math.ceil(chars / 2)) + repeated(second)(Math.floor(chars / 2))

/** Equally many of an opening and its closing, nested. */
const nested =
  (open: string, close: string): MakeText =>
  (chars) => {
    const depth = Math.max(1, Math.floor(chars / (open.length + close.length)))
    return open.repeat(depth) + close.repeat(depth)
  }

const RUNS: Record<string, string> = {
  spaces: ' ',
  tabs: '\t',
  'line feeds': '\n',
  'carriage returns': '\r',
  'blank lines with spaces': ' \n',
  'no-break spaces': '\u00a0',
  'one small letter': 'a',
  'one capital': 'A',
  'one digit': '7',
  'mixed letters and digits': 'aB3xZ9',
  'one accented letter': 'é',
  'one Cyrillic letter': 'ж',
  'one Hangul syllable': '각',
  'one Chinese character': '中',
  'one emoji': '🚄',
  'emoji joined without end': '👩\u200d',
  'combining marks of one class': '\u0301',
  'combining marks in the wrong order': '\u0301\u0316',
  'ligatures that grow 18-fold': '\ufdfa',
  'lone surrogates': '\ud800',
  'swapped surrogates': '\udc00\ud800',
  'right-to-left overrides': '\u202e',
  NUL: '\0',
  'byte order marks': '\ufeff',
  'special tokens': '[CLS][SEP]<|endoftext|>',
  'opening angles': '<',
  'closing angles': '>',
  'tags that are not closed': '<a',
  'tags with attributes without end': '<a b',
  'opening tags': '<b>',
  'closing tags': '</b>',
  reminders: '<system-reminder>',
  'reminders on lines of their own': '<system-reminder>\n',
  'tags of unknown harnesses': '<my-tool-context>',
  'closed and unclosed reminders': '<system-reminder>x</system-reminder><system_reminder>\n',
  'words between unclosed tags': 'word <context>',
  'user tags': '<user_query>x</user_query>',
  fences: '```\n',
  'fences with a language': '```python\nx\n',
  'tilde fences': '~~~\n',
  backticks: '`',
  'double quotes': '"',
  'single quotes': " 'a",
  'opening quotation marks': '“a',
  backslashes: '\\',
  braces: '{',
  brackets: '[',
  parentheses: '(',
  'closing parentheses': ')',
  'calls without end': ' a=(b);',
  'keys without values': '"a":',
  'objects without end': '{"a":',
  commas: 'a,',
  pipes: 'a|',
  semicolons: ';',
  'lines of code': 'const a = (b) => {\n',
  'lines of a log': '2026-01-02 03:04:05 ERROR at a.b(c.ts:1)\n',
  'lines of a table': 'a|b|c\n',
  'lines of data': '"a": 1,\n',
  'quoted lines': '> a\n',
  'deeply quoted lines': '>>>> \n',
  'short lines': 'a\n',
  'short paragraphs': 'a b\n\n',
  'spaces and letters': 'a ',
  'many spaces and letters': 'a          ',
  'words of four': 'aaaa bbbb cccc dddd. ',
  headings: '# My request for a:\n',
  'notices of a harness': '[Request interrupted by user\n',
  'question marks': '? ',
  stops: '.',
  ellipses: '…',
  'hexadecimal digits': 'deadBEEF',
  base64: 'aGVsbG8gd29ybGQ',
  'data URLs': 'data:image/png;base64,',
  'types of data URLs': 'data:a/a',
  slashes: 'a/b/',
  'key shapes': 'sk-a ',
  'bearer words': 'bearer ',
  'web tokens': 'eyJaaaaaaaa',
  'masked keys': 'a***',
  'query keys': '?key=a&',
  'addresses with credentials': '//a:b@',
  addresses: '192.168.0.1 ',
  'refusals in a row': 'no, ',
  'courtesies in a row': 'please ',
  underscores: '_',
  dashes: '-',
  'equals signs': '=',
  'event fields': 'data: x\n',
  'comments of events': ':\n',
  'empty events': 'data: \n\n',
}

export const HOSTILE_TEXTS: ReadonlyMap<string, MakeText> = new Map([
  ...Object.entries(RUNS).map(([name, unit]) => [name, repeated(unit)] as const),
  ['spaces before a letter', runThen(' ', 'a')],
  ['a letter before spaces', (chars) => `a${repeated(' ')(chars - 1)}`],
  ['line feeds before unclosed reminders', halves('\n', '<system-reminder>')],
  ['words before unclosed reminders', halves('a ', '<system-reminder>')],
  ['closed reminders before unclosed ones', halves('<b-context></b-context>a', '<git_status>')],
  ['nested reminders', nested('<system-reminder>', '</system-reminder>')],
  ['nested brackets', nested('[', ']')],
  ['nested braces', nested('{"a":', '}')],
  ['nested parentheses', nested('(', ')')],
  ['a question after a long text', runThen('word word. ', '\n\nWhat is this?')],
  ['one long line', runThen('a b', '\n')],
  ['line feeds before a carriage return', runThen('\n', '\r')],
  ['comments before a carriage return', runThen(':c\n', '\r')],
  ['white space of all kinds', repeated(' \t\n\r\u00a0\u2003')],
  [
    'a letter before marks in the wrong order',
    (chars) => `a${repeated('\u0301\u0316')(chars - 1)}`,
  ],
] satisfies (readonly [string, MakeText])[])

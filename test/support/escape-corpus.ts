// What a client may write to take over, or to lie to, the terminal of whoever reads it later. `findHazards` knows nothing of
// the code under test: it lists code points by range.

/** Name and text; each holds at least one character that must not reach a terminal. */
export const ESCAPE_CORPUS: [name: string, text: string][] = [
  ['a clear screen', 'a\u001b[2J\u001b[Hb'],
  ['a colour', 'a\u001b[31mred\u001b[0m'],
  ['a window title', 'a\u001b]0;owned\u0007b'],
  ['a clipboard write', 'a\u001b]52;c;ZWNobyBoaQ==\u0007b'],
  ['a hyperlink', 'a\u001b]8;;http://h.test\u001b\\click\u001b]8;;\u001b\\b'],
  ['a device query', 'a\u001b[6n\u001b[cb'],
  ['a device control string', 'a\u001bP$q"p\u001b\\b'],
  ['a reset', 'a\u001bcb'],
  ['an eight-bit control sequence', 'a\u009b2Jb'],
  ['an eight-bit system command', 'a\u009d0;owned\u009cb'],
  ['a carriage return', 'bad\rgood'],
  ['backspaces', 'bad\b\b\bgood'],
  ['a vertical tab and a form feed', 'a\u000bb\u000cc'],
  ['a line of its own', 'a\nerror: the database is damaged\r\nb'],
  ['unicode line breaks', 'a\u0085b\u2028c\u2029d'],
  ['a bell, a null and a delete', 'a\u0007b\u0000c\u007fd'],
  ['a shift to another character set', 'a\u000eb\u000fc\u001b(0d'],
  ['a right-to-left override', 'a\u202egnp.exe\u202cb'],
  ['directional isolates', 'a\u2066b\u2067c\u2068d\u2069e'],
  ['directional marks', 'a\u200eb\u200fc\u061cd'],
  ['invisible spaces and joiners', 'a\u200bb\u2060c\ufeffd\u00ade\u180ef'],
  ['tags', 'a\u{e0001}\u{e0068}\u{e0069}\u{e007f}b'],
  ['annotations', 'a\ufff9b\ufffac\ufffbd'],
]

const RANGES: [from: number, to: number][] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xd800, 0xdfff],
  [0xe0001, 0xe0001],
  [0xe0020, 0xe007f],
]

/** The offending code points, as U+001B. */
export const findHazards = (text: string): string[] =>
  [...text]
    .map((char) => char.codePointAt(0) ?? 0)
    .filter((code) => RANGES.some(([from, to]) => code >= from && code <= to))
    .map((code) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`)

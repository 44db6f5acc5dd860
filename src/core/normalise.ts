// Unicode normalisation in time linear in the text. Sorting a run of combining marks takes time quadratic in its length (20,000
// marks: half a second), so runs are cut where the stream-safe text format breaks them (UAX #15, section 13).

/** Longest run of combining marks in the stream-safe text format; no language needs more on one letter. */
const MOST_MARKS = 30
const SURPLUS_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'gu')

export const normalise = (text: string, form: 'NFC' | 'NFKC'): string =>
  text.replace(SURPLUS_MARKS, '$1').normalize(form)

/**
 * Runs of letters and digits that are compatibility forms of plain ones: full and half width, mathematical, circled and squared
 * letters, ligatures, Arabic presentation forms. Superscripts, fractions and punctuation are excluded: "x²" is not "x2".
 */
const OTHER_FORMS =
  /[\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f149}\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\uffa0-\uffdc\u24b6-\u24e9\u210a-\u2113\u2115\u2119-\u211d\u2124\u2128\u212c\u212d\u212f-\u2139\ufb00-\ufb06\ufb50-\ufdfb\ufe70-\ufefc]+/gu

/** The text with such runs as plain letters (NFKC), which the encoder knows; the same string where there are none. */
export const plainLetters = (text: string): string =>
  text.replace(OTHER_FORMS, (run) => normalise(run, 'NFKC'))

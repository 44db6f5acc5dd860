// Unicode normalisation that is linear in the text. Putting a run of combining marks in order takes time quadratic in its
// length: 20,000 of them half a second. So a run is cut where Unicode's stream-safe format would break it: UAX #15, 13.

/** No language writes more of them on one letter. */
const MOST_MARKS = 30
const SURPLUS_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'gu')

export const normalise = (text: string, form: 'NFC' | 'NFKC'): string =>
  text.replace(SURPLUS_MARKS, '$1').normalize(form)

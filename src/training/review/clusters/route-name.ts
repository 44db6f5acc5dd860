// Words → a name that a route may have: `^[a-z][a-z0-9_-]{0,63}$`.

const MAX_CHARS = 64

/** `["Zählerstand", "abo"]` → `zahlerstand_abo`; null where no letter of a to z is left. */
export const routeNameLike = (words: readonly string[]): string | null => {
  const parts = words
    .map((word) =>
      word
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[^a-z0-9]/g, ''),
    )
    .filter((part) => part !== '')
  const name = parts
    .join('_')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_CHARS)
    .replace(/_+$/, '')
  return name === '' ? null : name
}

/** The name, or the name and the first free number from 2. */
export const freeName = (name: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(name)) return name
  for (let i = 2; ; i++) {
    const numbered = `${name.slice(0, MAX_CHARS - 8)}_${i}`
    if (!taken.has(numbered)) return numbered
  }
}

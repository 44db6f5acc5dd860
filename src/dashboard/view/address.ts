// Addresses of the dashboard's own pages. Nothing secret stands in one.

type Value = string | number | null | undefined

const queryText = (query: Readonly<Record<string, Value>>): string => {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === ''
      ? []
      : [[name, String(value)] as [string, string]],
  )
  return new URLSearchParams(given).toString()
}

/** `path` below /dashboard; parts of it that are data go through `segment`. Values that are null or '' are left out. */
export const address = (path: string, query: Readonly<Record<string, Value>> = {}): string => {
  const text = queryText(query)
  const base = path === '/' ? '/dashboard' : `/dashboard${path}`
  return text === '' ? base : `${base}?${text}`
}

export const segment = (text: string): string => encodeURIComponent(text)

// Environment variables by name, as process.env has them; said without Node's global types, so that programs which use the
// package need none of those.
export type Environment = Readonly<Record<string, string | undefined>>

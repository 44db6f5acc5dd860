// The type of process.env without Node's global types, so that programs that use the package do not need them.
export type Environment = Readonly<Record<string, string | undefined>>

// The name of a streamed tool call: servers send it once, in pieces, again with every piece, or each time as far as it has
// come. The offered tools determine which of these it is.

export interface CallNames {
  /** The name so far, and what a piece adds to it. */
  join(known: string, added: string): string
  /** Whether a piece that names `added` may belong to a call that is named `known` so far and has no arguments yet. */
  mayContinue(known: string, added: string, isOtherId: boolean): boolean
  /** Nothing can be missing: it is a tool's, and no other tool's name goes on from it. */
  isWhole(name: string): boolean
}

/** `offered`: names of the tools as they were sent to the provider; none where they are not known. */
export const createCallNames = (offered: ReadonlySet<string>): CallNames => ({
  join: (known, added) => {
    if (known === '' || added === '') return known + added
    const joined = known + added
    if (offered.has(joined)) return joined
    if (added === known) return known
    return added.startsWith(known) ? added : joined
  },
  mayContinue: (known, added, isOtherId) => {
    if (known === '' || added === known || offered.has(known + added)) return true
    if (offered.has(known)) return false
    return added.startsWith(known) || (!isOtherId && !offered.has(added))
  },
  isWhole: (name) => {
    if (offered.size === 0) return true
    const others = [...offered].filter((other) => other !== name)
    return offered.has(name) && !others.some((other) => other.startsWith(name))
  },
})

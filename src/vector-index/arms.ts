// Generations besides the current one that take part in decisions: a shadow, which decides without effect, and a canary,
// which decides for a share of the sessions. Kept in one small file beside the pointer, replaced atomically.

export interface Shadow {
  generation: number
  startedAtMs: number
  author: string
}

export interface Canary extends Shadow {
  /** Share of the sessions, 0 to 0.5. */
  share: number
  /** The generation it is held against: the current one when it began. */
  against: number
}

export interface Arms {
  shadow: Shadow | null
  canary: Canary | null
}

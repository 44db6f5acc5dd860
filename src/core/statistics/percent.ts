// A share as people read it.

/** 0.0312 as `3.1 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

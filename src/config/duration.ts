// Durations of the configuration: `90s`, `30m`, `24h`, `7d`.
const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** @param written checked by the schema */
export const durationMs = (written: string): number =>
  Number.parseInt(written, 10) * (UNIT_MS[written.slice(-1)] ?? 0)

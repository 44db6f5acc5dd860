// Names of users within a provider's limits: one that is too long is sent as its hash, so that users stay distinct for
// the provider.
import { createHash } from 'node:crypto'

export const fitUser = (user: unknown, maxChars: number): unknown =>
  typeof user === 'string' && user.length > maxChars
    ? createHash('sha256').update(user).digest('hex').slice(0, maxChars)
    : user

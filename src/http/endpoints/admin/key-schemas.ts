// Schemas of gateway keys. They are strict: a request can only set the named fields.
import { z } from 'zod'
import type { KeyWish } from '../../../access/new-key.ts'
import { LIMIT_NAMES, type LimitName, ROLES } from '../../../core/decide/gateway-key.ts'

const amount = z.number().positive().finite()

const limitsSchema = z
  .strictObject(
    Object.fromEntries(LIMIT_NAMES.map((name) => [name, amount.optional()])) as Record<
      LimitName,
      z.ZodOptional<typeof amount>
    >,
  )
  .describe('A limit that is absent does not hold. Days and months are those of UTC.')

const names = z.array(z.string().min(1).max(256)).min(1).max(1_000)

export const createKeyRequestSchema = z.strictObject({
  name: z.string().min(1).max(100).describe('Who or what the key is for.'),
  owner: z
    .string()
    .min(1)
    .max(100)
    .nullish()
    .describe('Keys of one owner may read and vote on each other’s decisions.'),
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
  models: names.nullish().describe('Configured model ids; absent: any.'),
  routes: names.nullish().describe('Configured routes; absent: any.'),
  limits: limitsSchema.optional(),
  expires_at: z.iso.datetime({ offset: true }).nullish(),
})

/** As keys are made by it, whoever asks: the endpoint or the dashboard's form. */
export const keyWishOf = ({
  expires_at: expiresAt,
  limits,
  ...request
}: z.infer<typeof createKeyRequestSchema>): KeyWish => ({
  name: request.name,
  owner: request.owner ?? null,
  roles: request.roles,
  models: request.models ?? null,
  routes: request.routes ?? null,
  limits: Object.fromEntries(Object.entries(limits ?? {}).filter(([, most]) => most !== undefined)),
  expiresAtMs: expiresAt == null ? null : Date.parse(expiresAt),
})

const usedSchema = z.strictObject({
  requests: z.number(),
  tokens: z.number(),
  budget_usd: z.number(),
})

export const keySchema = z.strictObject({
  id: z.string().describe('The key begins with `sb-` and this.'),
  name: z.string(),
  owner: z.string().nullable(),
  roles: z.array(z.enum(ROLES)),
  models: z.array(z.string()).nullable(),
  routes: z.array(z.string()).nullable(),
  limits: limitsSchema,
  active: z.boolean(),
  created_at: z.iso.datetime(),
  created_by: z.string(),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
  used: z.strictObject({ minute: usedSchema, day: usedSchema, month: usedSchema }),
})

export const createdKeySchema = keySchema.extend({
  key: z.string().describe('The key itself. It is shown this once and kept nowhere.'),
})

export const keyListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(keySchema),
})

export const revokedKeySchema = z.strictObject({ id: z.string(), revoked: z.literal(true) })

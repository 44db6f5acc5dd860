// Schemas of /admin/config.
import { z } from 'zod'
import { configSchema } from '../../../config/config-schema.ts'

const flag = z
  .enum(['0', '1', 'true', 'false'])
  .optional()
  .transform((value) => (value === undefined ? undefined : value === '1' || value === 'true'))

export const configQuerySchema = z.strictObject({
  dry_run: flag.describe('1: says what would change, and changes nothing.'),
  replay: flag.describe('0: leaves out the replay of past decisions.'),
  confirm_origin: flag.describe("1: a provider's key may go to another address than before."),
})

export const rollbackRequestSchema = z.strictObject({
  to: z
    .string()
    .regex(/^[0-9a-f]{4,12}$/, 'is the beginning of a version, four characters or more')
    .nullish()
    .describe('A version or its beginning; absent: the one that served before.'),
  dry_run: z.boolean().optional(),
  replay: z.boolean().optional(),
  confirm_origin: z.boolean().optional(),
})

/** The body of PUT /admin/config; also accepted as YAML. */
export const configRequestSchema = configSchema

const statusFields = {
  version: z.string().describe('Of what is asked for: the ETag.'),
  serving_version: z.string().describe('Of what serves; another while a key waits for a restart.'),
  restart_required: z.array(z.string()).describe('Keys that wait for a restart.'),
  last_error: z
    .strictObject({ message: z.string(), at: z.iso.datetime() })
    .nullable()
    .describe('Why the file as it is does not serve.'),
}

export const configStatusSchema = z.strictObject({
  object: z.literal('config'),
  ...statusFields,
  file: z.string().nullable().describe('Null: the embedded defaults serve.'),
  author: z.string(),
  cause: z.enum(['start', 'file', 'signal', 'api', 'rollback']),
  active_since: z.iso.datetime(),
  config: z.looseObject({}).describe('With every default written out.'),
})

const changeSchema = z.strictObject({
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  before: z.unknown(),
  after: z.unknown(),
})

const planSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  changes: z.array(changeSchema),
  restart_required: z.array(z.string()),
  summary: z.string().describe('How many of last week’s decisions would change, as a sentence.'),
  replay: z
    .strictObject({
      since: z.iso.datetime(),
      decisions: z.int(),
      skipped: z.record(z.string(), z.int()),
      changed: z.int(),
      changed_share: z.number(),
      changed_anyway: z.int().describe('That would change without it: the index is another since.'),
      moves: z.array(z.strictObject({ from: z.string(), to: z.string(), decisions: z.int() })),
      examples: z.array(
        z.strictObject({
          decision_id: z.string(),
          from: z.string(),
          to: z.string(),
          text: z.string().nullable(),
        }),
      ),
    })
    .nullable(),
})

export const configChangeSchema = z.strictObject({
  object: z.literal('config_change'),
  applied: z.boolean(),
  ...statusFields,
  plan: planSchema,
})

const activationSchema = z.strictObject({
  id: z.string(),
  version: z.string(),
  author: z.string(),
  cause: z.string(),
  at: z.iso.datetime(),
  serving: z.boolean().describe('Whether it is this one that serves now.'),
})

export const configHistorySchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(activationSchema),
})

export const configVersionSchema = z.strictObject({
  object: z.literal('config_version'),
  version: z.string(),
  author: z.string(),
  created_at: z.iso.datetime(),
  text: z.string().describe('YAML.'),
})

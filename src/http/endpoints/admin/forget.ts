// POST /admin/forget: deletes the data of a session, a user or a key. `signalbox forget` does the same.
import { z } from 'zod'
import { defineEndpoint } from '../../request/endpoint.ts'

const name = z.string().min(1).max(256)

const forgetRequestSchema = z
  .strictObject({
    session_id: name.optional(),
    user: name.optional().describe('`user` as callers send it.'),
    key: name.optional().describe('Id of a gateway key.'),
    dry_run: z.boolean().default(false).describe('Counts and deletes nothing.'),
  })
  .refine(
    ({ session_id: session, user, key }) =>
      [session, user, key].filter((given) => given !== undefined).length === 1,
    { error: 'give exactly one of session_id, user, key' },
  )

export const forgottenSchema = z.strictObject({
  object: z.literal('forgotten'),
  dry_run: z.boolean(),
  decisions: z.int(),
  votes: z.int(),
  exemplars: z
    .array(z.string())
    .describe('Exemplars that came from those votes and stand in a generation.'),
  current_generation: z.int().nullable(),
  generations: z.array(z.strictObject({ generation: z.int(), exemplar_ids: z.array(z.string()) })),
  turns_in_memory: z.int().nullable(),
  remaining: z.array(z.string()).describe('What is left to do, and what this does not reach.'),
})

export const forget = defineEndpoint({
  id: 'forget',
  method: 'post',
  path: '/admin/forget',
  access: 'admin',
  summary: 'Delete the decisions and votes of a session, a user or a key.',
  request: forgetRequestSchema,
  response: forgottenSchema,
  handler:
    ({ admin }) =>
    async (_c, { request }) => {
      const { session_id: sessionId, user, key, dry_run: dryRun } = request
      const report = await admin.feedback.forget({ sessionId, user, key }, { dryRun })
      return {
        object: 'forgotten' as const,
        dry_run: report.dryRun,
        decisions: report.decisions,
        votes: report.votes,
        exemplars: report.exemplars,
        current_generation: report.currentGeneration,
        generations: report.generations.map(({ generation, exemplarIds }) => ({
          generation,
          exemplar_ids: exemplarIds,
        })),
        turns_in_memory: report.turnsInMemory,
        remaining: report.remaining,
      }
    },
})

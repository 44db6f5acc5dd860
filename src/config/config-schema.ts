// The schema of signalbox.yaml: every key, its default and its unit; a file of schema/ for each part. Keys are snake_case as in the
// file.
import { z } from 'zod'
import { alertsSchema } from './schema/alerts-schema.ts'
import { conversationSchema, encoderSchema, indexSchema } from './schema/classifier-schema.ts'
import { dashboardSchema } from './schema/dashboard-schema.ts'
import { modelSchema, providerSchema } from './schema/provider-schema.ts'
import { cacheSchema, resilienceSchema } from './schema/resilience-schema.ts'
import { routeNamePattern, routeSchema } from './schema/route-schema.ts'
import { keysSchema, limitsSchema, serverSchema } from './schema/server-schema.ts'
import { storageSchema, telemetrySchema } from './schema/storage-schema.ts'
import { trainingSchema } from './schema/training-schema.ts'

export const configSchema = z.strictObject({
  server: serverSchema.prefault({}).describe('Where and how the server listens.'),
  encoder: encoderSchema.prefault({}).describe('The local embedding model.'),
  conversation: conversationSchema.prefault({}).describe('Follow-ups and their memory.'),
  index: indexSchema.prefault({}).describe('The index of exemplars and its generations.'),
  training: trainingSchema.prefault({}).describe('What a rebuild trains on, and when.'),
  providers: z
    .record(z.string(), providerSchema)
    .describe('Servers that models are called at, by a name of yours.'),
  models: z
    .record(z.string(), modelSchema)
    .describe('Models, by an id of yours: callers may ask for it.'),
  routes: z
    .record(z.string().regex(routeNamePattern), routeSchema)
    .describe('Classes of prompts, by name; exemplars stand in ROUTE.jsonl.'),
  default_route: z.string().describe('The route for what matches no other.'),
  aliases: z
    .record(z.string().min(1).max(256), z.string())
    .default({})
    .describe(
      'Names that callers may use, or patterns with *, each with what it stands for: auto, route:NAME or a model id. A name goes before patterns, patterns in their order.',
    ),
  unknown_model: z
    .enum(['refuse', 'auto', 'default'])
    .default('auto')
    .describe(
      "What becomes of a model's name that a vendor gives (claude-…, gpt-…) and nobody configured: auto routes the prompt, default takes default_route. Any other unknown name is refused.",
    ),
  resilience: resilienceSchema
    .prefault({})
    .describe('Deadlines, repeats and fallbacks of calls to providers.'),
  limits: limitsSchema.prefault({}).describe('Bounds of the whole server.'),
  cache: cacheSchema.prefault({}).describe('Memory of kept answers, of all routes together.'),
  keys: keysSchema.prefault({}).describe('Gateway keys.'),
  storage: storageSchema.prefault({}).describe('What is kept in the database.'),
  telemetry: telemetrySchema.prefault({}).describe('Logs and traces.'),
  alerts: alertsSchema.prefault({}).describe('Alerts for operators.'),
  dashboard: dashboardSchema.prefault({}).describe('Pages for people, at /dashboard.'),
  training_data: z
    .string()
    .default('training-data')
    .describe(
      'Folder of the ROUTE.jsonl files. Where this is not set and there is no such folder, the exemplars that come with the program serve.',
    ),
})

export type Config = z.infer<typeof configSchema>
export type EncoderConfig = Config['encoder']
export type IndexConfig = Config['index']
export type ProviderConfig = Config['providers'][string]
export type ModelConfig = Config['models'][string]

// The part of signalbox.yaml about classifying: the encoder, conversations, the index.
import { z } from 'zod'

export const encoderSchema = z.strictObject({
  model: z
    .string()
    .default('all-MiniLM-L6-v2')
    .describe('Folder under models/, or a path to a transformers.js model folder.'),
  precision: z.enum(['int8', 'fp32']).default('int8').describe("Which of the model's graphs runs."),
  pooling: z.enum(['mean', 'cls', 'max']).default('mean').describe('How token vectors become one.'),
  max_chars: z
    .int()
    .min(64)
    .max(20_000)
    .default(1_200)
    .describe(
      'Most of the routing text that is classified, and at most a quarter as many tokens; a longer one keeps head, middle and tail, and is flagged.',
    ),
  max_tokens: z
    .int()
    .min(16)
    .max(512)
    .default(256)
    .describe('One window; longer texts are embedded as three windows and pooled.'),
  deadline_ms: z
    .int()
    .positive()
    .default(250)
    .describe('Then the words alone decide, or the default route serves; the reason is degraded.'),
  words_first: z
    .boolean()
    .default(true)
    .describe(
      'While prompts wait for over a quarter of the deadline, those whose words are sure enough do not; the reason is words.',
    ),
  queue_limit: z.int().positive().default(128).describe('Prompts that may wait for the encoder.'),
  cache_size: z
    .int()
    .nonnegative()
    .default(1_000)
    .describe('Embeddings kept in memory, of 5 kB each.'),
  processes: z
    .union([z.int().min(1).max(16), z.literal('auto')])
    .default(1)
    .describe(
      'Encoder processes of 160 MB each; auto: one for each core but the one of the server.',
    ),
  threads: z.int().min(1).max(64).default(1).describe('Threads in each of them.'),
})

export const conversationSchema = z.strictObject({
  inherit: z
    .boolean()
    .default(true)
    .describe(
      'Short follow-ups and tool loops stay with the route of the turn that they continue.',
    ),
  max_sessions: z
    .int()
    .nonnegative()
    .default(10_000)
    .describe('Conversations remembered in memory.'),
  half_life_ms: z
    .int()
    .positive()
    .default(1_800_000)
    .describe(
      'Half-life of what is remembered of a session whose requests do not carry their history.',
    ),
})

export const indexSchema = z.strictObject({
  m: z.int().min(4).max(96).default(16).describe('HNSW: links of each exemplar.'),
  ef_construction: z
    .int()
    .min(16)
    .max(2_000)
    .default(200)
    .describe('HNSW: candidates looked at while building.'),
  ef_search: z
    .int()
    .min(10)
    .max(2_000)
    .default(64)
    .describe(
      'HNSW: candidates looked at in a search; a build widens it where recall falls short.',
    ),
  neighbours: z.int().min(1).max(200).default(32).describe('Neighbours fetched for a decision.'),
  min_recall: z
    .number()
    .min(0)
    .max(1)
    .default(0.99)
    .describe('Recall at 10 below which exact search serves.'),
  keep_generations: z.int().min(2).default(5).describe('Newest generations kept on disk.'),
  max_generations: z
    .int()
    .min(2)
    .default(30)
    .describe('Most generations kept, with those that stored decisions were made with.'),
  seed: z.int().nonnegative().default(42).describe('Of all random choices of a build.'),
})

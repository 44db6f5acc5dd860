// The part of signalbox.yaml about the server: where it listens, what it takes, who may ask.
import { z } from 'zod'

const corsSchema = z.strictObject({
  origins: z
    .array(
      z
        .string()
        .regex(
          /^[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/?#@*]{1,300}$/,
          'is not an origin such as https://app.example.com; each is named in full, without a path',
        ),
    )
    .max(100)
    .default([])
    .describe('Web pages of these origins may call this server and read its answers.'),
})

export const serverSchema = z.strictObject({
  host: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address to listen on. On any but a loopback address the server starts only with an admin key. HOST overrides it.',
    ),
  port: z
    .int()
    .min(0)
    .max(65535)
    .default(8787)
    .describe('Port to listen on; 0: any free one. PORT overrides it.'),
  max_body_bytes: z.int().positive().default(33_554_432).describe('Larger requests get a 413.'),
  max_bodies_bytes: z
    .int()
    .positive()
    .default(268_435_456)
    .describe(
      'Of the bodies of all requests under way, those of at most 64 KiB not counted; a request beyond it gets a 503. Each of these bytes takes up to four bytes of memory.',
    ),
  drain_timeout_ms: z
    .int()
    .nonnegative()
    .default(30_000)
    .describe('How long running answers may take after SIGTERM.'),
  headers_timeout_ms: z
    .int()
    .positive()
    .default(10_000)
    .describe('To receive the headers of a request.'),
  request_timeout_ms: z
    .int()
    .positive()
    .default(30_000)
    .describe('To receive a whole request, body included.'),
  cors: corsSchema.prefault({}).describe('Web pages.'),
})

export const limitsSchema = z.strictObject({
  max_sockets: z
    .int()
    .positive()
    .default(128)
    .describe('Connections to one provider address; more calls wait.'),
  default_reserved_tokens: z
    .int()
    .positive()
    .default(4_096)
    .describe(
      "Held against a key's limits for an answer that neither the request nor the model's max_output_tokens limits.",
    ),
})

export const keysSchema = z.strictObject({
  required: z
    .enum(['auto', 'always'])
    .default('auto')
    .describe('auto: on a loopback address not before the first key was made; else always.'),
  public_metrics: z
    .boolean()
    .default(false)
    .describe('Whether /metrics can be read without an admin key.'),
})

// How a page of a list names where the next one begins.
import { z } from 'zod'

/** An id, as pages name the last thing on them. */
export const cursorSchema = z
  .string()
  .regex(
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    'is not a cursor: take `next_cursor` of the page before',
  )
  .describe('`next_cursor` of the page before.')

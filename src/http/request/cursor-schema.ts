// Schema of the cursor of paginated lists.
import { z } from 'zod'

/** The id of the last entry of the previous page. */
export const cursorSchema = z
  .string()
  .regex(
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    'is not a cursor: take `next_cursor` of the page before',
  )
  .describe('`next_cursor` of the page before.')

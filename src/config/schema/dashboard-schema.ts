// The part of signalbox.yaml about the dashboard.
import { z } from 'zod'

export const dashboardSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the pages under /dashboard are served.'),
})

// Where drizzle-kit finds the schema and writes migrations: `npm run migration`, then see src/store/sqlite/migrations.ts.
import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './src/store/sqlite/schema/*.ts',
  out: './src/store/sqlite/migrations',
})

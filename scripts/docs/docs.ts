// `npm run docs`: writes the generated parts of the manuals anew. test/manuals.test.ts fails where one is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { GENERATED_PARTS, withPart } from './generated-parts.ts'

for (const part of GENERATED_PARTS) {
  const manual = readFileSync(part.file, 'utf8')
  const written = withPart(manual, part)
  if (written === manual) continue
  writeFileSync(part.file, written)
  process.stdout.write(`${part.file}: ${part.name}\n`)
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { repository } from './packages.js';
import { reference } from './reference.js';

/** Writes the generated pages: `npm run reference --workspace @nest-saga/site`. */
for (const [name, page] of Object.entries(reference)) {
  const file = join(repository, 'docs', name);
  const options = await resolveConfig(file);
  writeFileSync(file, await format(page(), { ...options, filepath: file }));
}

/** Starts one sample: `npm start --workspace @nest-saga/samples -- order`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const [name = ''] = process.argv.slice(2);
const main = join(import.meta.dirname, name, 'src/main.ts');
if (name === '' || !existsSync(main)) {
  console.error('Name a sample, for example: npm start --workspace @nest-saga/samples -- order');
  process.exit(2);
}
await import(main);

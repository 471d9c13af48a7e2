import { existsSync, readFileSync } from 'node:fs';

/** The packages that an application loads when it starts. */
const names = [
  'core',
  'nestjs',
  'typeorm',
  'participant',
  'operations',
  'rabbitmq',
  'nats',
  'redis',
  'kafka',
];

/**
 * The bundled packages: the directory of each one and its entry points, as the names of their files in `src` and `dist`
 * without an ending.
 */
export const bundledPackages = names.map((name) => {
  const directory = `packages/${name}`;
  const { exports } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'));
  const exported = Object.values(exports).flatMap((target) => target.default ?? []);
  const entries = exported.map((file) => file.replace(/^\.\/dist\/(.*)\.js$/, '$1'));
  const command = existsSync(`${directory}/src/cli/main.ts`) ? ['cli/main'] : [];
  return { directory, entries: [...entries, ...command] };
});

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * The browser of this machine: what `CHROMIUM_PATH` names, or the first on the `PATH`. `.ci/run` looks in the same way.
 *
 * @throws Error where `CHROMIUM_PATH` names no file: without it every test in a browser would be skipped in silence.
 */
export function findBrowser({
  CHROMIUM_PATH: named = '',
  PATH: path = '',
}: NodeJS.ProcessEnv): string | undefined {
  if (named === '') {
    const directories = path.split(delimiter).filter((directory) => directory !== '');
    return names.flatMap((name) => directories.map((directory) => join(directory, name))).find(existsSync);
  }
  if (existsSync(named)) return named;
  throw new Error(`CHROMIUM_PATH is "${named}", where there is no file.`);
}

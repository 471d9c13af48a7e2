import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** What `CHROMIUM_PATH` names, or the first browser on the `PATH`. */
const executablePath = findBrowser(process.env['CHROMIUM_PATH'] ?? '', process.env['PATH'] ?? '');

/** Declares tests in a browser. Without one they are skipped, and the reason is printed. */
export function describeInBrowser(title: string, tests: () => void): void {
  if (executablePath !== undefined) {
    describe(title, tests);
    return;
  }
  console.warn(`Skipped "${title}": no Chromium was found. Install it, or name it in CHROMIUM_PATH.`);
  describe.skip(title, tests);
}

/** Starts the browser of this machine. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

function findBrowser(named: string, path: string): string | undefined {
  if (named !== '' && !existsSync(named))
    throw new Error(`CHROMIUM_PATH is "${named}", where there is no file.`);
  if (named !== '') return named;
  const directories = path.split(delimiter).filter((directory) => directory !== '');
  return names.flatMap((name) => directories.map((directory) => join(directory, name))).find(existsSync);
}

import { chromium, type Browser } from 'playwright-core';
import { describeWhere } from './describe-where.js';
import { findBrowser } from './find-browser.js';

const executablePath = findBrowser(process.env);

export const describeInBrowser = describeWhere(
  executablePath !== undefined,
  'no Chromium. Install it (apt-get install chromium), or name it in CHROMIUM_PATH.',
);

/** Starts the browser of this machine. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

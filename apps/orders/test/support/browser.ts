import { chromium, type Browser } from 'playwright-core';
import { findBrowser } from './find-browser.js';

const executablePath = findBrowser(process.env);

/** `describe` where there is a browser; where there is none the tests are skipped, and it is said why. */
export const describeInBrowser = executablePath === undefined ? describe.skip : describe;

if (executablePath === undefined) {
  console.warn('Skipped: no Chromium. Install it (apt-get install chromium), or name it in CHROMIUM_PATH.');
}

/** Starts the browser of this machine. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

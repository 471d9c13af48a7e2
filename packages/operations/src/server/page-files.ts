import { readFile } from 'node:fs/promises';
import { ServiceUnavailableException } from '@nestjs/common';

/** The folder of the built page: beside the bundled package, and for the sources of this repository in `dist`. */
const folders = ['./page/', '../page/', '../../page/', '../../dist/page/'];

const texts = new Map<string, string>();

/**
 * The text of a built file of the page.
 *
 * @throws ServiceUnavailableException if the page was not built, which only happens in this repository.
 */
export async function readPageFile(name: 'page.js' | 'page.css'): Promise<string> {
  const known = texts.get(name);
  if (known !== undefined) return known;
  for (const folder of folders) {
    const text = await readFile(new URL(folder + name, import.meta.url), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    texts.set(name, text);
    return text;
  }
  throw new ServiceUnavailableException('The page is not built: run npm run build:packages');
}

/** The document. Its addresses are relative, so it works behind any prefix and any path of a proxy. */
export const pageDocument = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Sagas</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page.css">
<script type="module" src="page.js"></script>
</head>
<body>
<div id="page"><noscript>This page needs JavaScript.</noscript></div>
</body>
</html>
`;

/** The icon: a way forward, and the way back. */
export const pageIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1f2a37"/><path d="M8 11h12a4.5 4.5 0 0 1 0 9H12" fill="none" stroke="#f4f1ea" stroke-width="2.6" stroke-linecap="round"/><path d="m15 16-4 4 4 4" fill="none" stroke="#e0a458" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/><circle cx="8" cy="11" r="2.6" fill="#f4f1ea"/></svg>
`;

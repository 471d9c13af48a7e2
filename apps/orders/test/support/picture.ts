import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { repository } from './readme.js';

/** The picture of the page in the README. */
export const pictureFile = join(repository, 'docs/orders-page.png');

/** Which page it is a picture of: its files, as `describePage` lists them. */
export const picturedFile = join(repository, 'docs/orders-page.sha256');

const page = resolve(import.meta.dirname, '../../public');

/** The files of the page with their digests, a line each, as `sha256sum` writes them. */
export async function describePage(): Promise<string> {
  const entries = await readdir(page, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const lines = files.toSorted().map(async (file) => {
    const digest = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    return `${digest}  ${file.slice(page.length + 1)}\n`;
  });
  return (await Promise.all(lines)).join('');
}

/** Makes a picture the one of the README. */
export async function keepPicture(picture: Buffer): Promise<void> {
  await writeFile(pictureFile, picture);
  await writeFile(picturedFile, await describePage());
}

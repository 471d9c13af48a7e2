import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { repository } from '../src/packages.js';
import { reference } from '../src/reference.js';

const run = promisify(execFile);

describe('the pages that are generated', () => {
  it.each(Object.entries(reference))('%s is what the source says today', async (name, page) => {
    const file = join(repository, 'docs', name);
    const made = await format(page(), { ...(await resolveConfig(file)), filepath: file });
    expect(readFileSync(file, 'utf8')).toBe(made);
  });
});

describe('the site', () => {
  it('has each page of the documentation once in its list of pages', async () => {
    const { sidebar } = await import('../.vitepress/sidebar.js');
    const links = sidebar.flatMap(({ items = [] }) => items.map(({ link = '' }) => link.slice(1)));
    const { stdout } = await run('git', ['ls-files', 'docs/*.md'], { cwd: repository });
    const pages = stdout
      .trim()
      .split('\n')
      .map((file) => file.replace(/^docs\/|\.md$/g, ''))
      .filter((page) => !page.startsWith('adr/') || page === 'adr/README');
    expect(links.toSorted()).toEqual(pages.toSorted());
  });
});

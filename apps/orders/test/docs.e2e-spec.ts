import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { codeBlocks, repository } from './support/readme.js';

const run = promisify(execFile);

describe.each(['docs/streaming.md', 'docs/health.md', 'docs/telemetry.md', 'packages/nestjs/README.md'])(
  'the page %s',
  (name) => {
    const path = join(repository, name);
    const page = readFileSync(path, 'utf8');
    const all = codeBlocks(page);
    const blocks = all.filter(({ language }) => language === 'ts');
    let directory: string;

    // Inside the workspace, so that the code finds the packages as it does in an application.
    beforeAll(async () => {
      const parent = resolve(import.meta.dirname, '../dist');
      await mkdir(parent, { recursive: true });
      directory = await mkdtemp(join(parent, 'page-'));
    });

    afterAll(() => rm(directory, { recursive: true, force: true }));

    it('names only files that exist', () => {
      const links = [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
      // What npm shows stands alone.
      expect(links.length > 0).toBe(name.startsWith('docs/'));
      expect(links.filter((link) => !existsSync(resolve(dirname(path), link)))).toEqual([]);
    });

    it('has no program in a language that nobody checks here', () => {
      const languages = new Set(all.map(({ language }) => language));
      expect([...languages].filter((language) => !['ts', 'text', 'sh'].includes(language))).toEqual([]);
    });

    it('has TypeScript that compiles as it stands, each block in a file of its own', async () => {
      expect(blocks.length).toBeGreaterThan(0);
      for (const { file, code } of blocks) {
        expect(file).toBeDefined();
        await writeFile(join(directory, file ?? ''), code);
      }
      const settings = {
        extends: join(repository, 'tsconfig.base.json'),
        // Some of it runs in a browser.
        compilerOptions: { incremental: false, types: ['node'], lib: ['es2023', 'dom'] },
        include: ['*.ts'],
      };
      await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(settings));
      const compiler = join(repository, 'node_modules/@typescript/native/bin/tsc');
      const { stdout } = await run(process.execPath, [compiler, '-p', directory]).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    });
  },
);

describe('what npm shows of @nest-saga/nestjs', () => {
  it('names every entry point, and what is there for browsers', () => {
    const packageRoot = join(repository, 'packages/nestjs');
    const { exports } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
      readonly exports: Readonly<Record<string, unknown>>;
    };
    const entryPoints = Object.keys(exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => entry.replace('.', '@nest-saga/nestjs'));
    const shown = readFileSync(join(packageRoot, 'README.md'), 'utf8');

    expect(entryPoints.length).toBeGreaterThan(2);
    for (const name of [...entryPoints, 'toMessageEvents', 'resumeFrom'])
      expect(shown).toContain(`\`${name}`);
  });
});

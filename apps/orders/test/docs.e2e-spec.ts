import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { codeBlocks, repository } from './support/readme.js';

const run = promisify(execFile);

/** Compiled here, or tried in a test of its own. A command line is for a person. */
const checked = new Set(['ts', 'js', 'sql', 'mermaid', 'sh', 'text']);

const pages = [
  ...readdirSync(join(repository, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`),
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
].map((name) => ({ name, page: readFileSync(join(repository, name), 'utf8') }));

describe.each(pages)('the page $name', ({ name, page }) => {
  it('names only files that exist', () => {
    const missing = linksOf(page).filter(
      (link) => !existsSync(resolve(dirname(join(repository, name)), link)),
    );
    expect(missing).toEqual([]);
  });

  it('names only headings that exist', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]*\.md)?#([^)]+)\)/g)];
    const missing = links.filter(([, file, heading = '']) => {
      const path =
        file === undefined ? join(repository, name) : resolve(dirname(join(repository, name)), file);
      return !headingsOf(readFileSync(path, 'utf8')).includes(heading);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it('has no program in a language that no check here covers', () => {
    const languages = new Set(codeBlocks(page).map(({ language }) => language));
    expect([...languages].filter((language) => !checked.has(language))).toEqual([]);
  });
});

it('links are found on these pages: the check of them is not one of nothing', () => {
  expect(pages.flatMap(({ page }) => linksOf(page)).length).toBeGreaterThan(50);
});

// The README's own code is compiled as one application, and run: see readme.e2e-spec.ts.
const withCode = pages.filter(
  ({ name, page }) => name !== 'README.md' && codeBlocks(page).some(({ language }) => language === 'ts'),
);

describe('the pages with TypeScript', () => {
  let directory: string;

  // Inside the workspace, so that the code finds the packages as it does in an application.
  beforeAll(async () => {
    const parent = resolve(import.meta.dirname, '../dist');
    await mkdir(parent, { recursive: true });
    directory = await mkdtemp(join(parent, 'pages-'));
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('are those of every package, among others', () => {
    const ofPackages = readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`);
    const names = withCode.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(ofPackages));
    expect(names.length).toBeGreaterThan(ofPackages.length);
  });

  it.each(withCode)(
    'have code that compiles as it stands, each block in a file of its own: $name',
    async ({ name, page }) => {
      const blocks = codeBlocks(page).filter(({ language }) => language === 'ts');
      const files = blocks.map(({ file }) => file);
      expect(files).not.toContain(undefined);
      expect(new Set(files).size).toBe(files.length);
      const program = await mkdtemp(join(directory, 'page-'));
      for (const { file = '', code } of blocks) await writeFile(join(program, file), code);
      const settings = {
        extends: join(repository, 'tsconfig.base.json'),
        // Some of it runs in a browser, and some in a test.
        compilerOptions: { incremental: false, types: ['node', 'jest'], lib: ['es2023', 'dom'] },
        include: ['*.ts'],
      };
      await writeFile(join(program, 'tsconfig.json'), JSON.stringify(settings));
      const compiler = join(repository, 'node_modules/@typescript/native/bin/tsc');
      const { stdout } = await run(process.execPath, [compiler, '-p', program]).catch(
        (error: { stdout: string }) => error,
      );
      expect({ name, stdout }).toEqual({ name, stdout: '' });
    },
  );

  it('have a test with a crash in it that passes as it stands', async () => {
    const [block] = codeBlocks(readFileSync(join(repository, 'packages/testing/README.md'), 'utf8'));
    const file = join(directory, block?.file ?? '');
    await writeFile(file, block?.code ?? '');
    await import(file);
    expect.assertions(2);
  });
});

describe('what npm shows', () => {
  it.each(readdirSync(join(repository, 'packages')))(
    'of @nest-saga/%s names only files that are in the package',
    (name) => {
      const { files } = readManifest(name);
      const links = linksOf(readFileSync(join(repository, 'packages', name, 'README.md'), 'utf8'));
      expect(links.filter((link) => !files.includes(link.split('/')[0] ?? ''))).toEqual([]);
    },
  );
});

describe('what npm shows of @nest-saga/nestjs', () => {
  it('names every entry point, and the addresses for browsers', () => {
    const entryPoints = Object.keys(readManifest('nestjs').exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => entry.replace('.', '@nest-saga/nestjs'));
    const shown = readFileSync(join(repository, 'packages/nestjs/README.md'), 'utf8');

    expect(entryPoints.length).toBeGreaterThan(2);
    for (const name of [...entryPoints, 'toMessageEvents', 'resumeFrom'])
      expect(shown).toContain(`\`${name}`);
  });
});

describe('an application that resolves modules as Node 10 did', () => {
  it('finds the types of every entry point of @nest-saga/nestjs', () => {
    const { exports, typesVersions } = readManifest('nestjs');
    const others = Object.entries(exports).filter(([name]) => !['.', './package.json'].includes(name));
    const types = others.map(([name, { types }]) => [name.slice(2), [types]]);
    expect(typesVersions).toEqual({ '*': Object.fromEntries(types) });
  });
});

function readManifest(name: string): {
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, { readonly types: string }>>;
  readonly typesVersions?: unknown;
} {
  return JSON.parse(readFileSync(join(repository, 'packages', name, 'package.json'), 'utf8')) as ReturnType<
    typeof readManifest
  >;
}

/** The headings of a page as links name them. */
function headingsOf(page: string): readonly string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

function linksOf(page: string): readonly string[] {
  return [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
}

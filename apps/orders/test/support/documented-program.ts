import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeBlocks, repository } from './readme.js';

const run = promisify(execFile);

/** All code of the documentation as one program on a version of NestJS that the repository has in one of its workspaces. */
export class DocumentedProgram {
  /** By the page. */
  readonly folders: readonly string[];

  private constructor(readonly directory: string) {
    this.folders = pages.map((page) => writePage(directory, page));
  }

  /**
   * Writes the pages, and the sources of the packages as if they were installed beside them, so that both find the NestJS
   * of the workspace.
   */
  static in(workspace: string): DocumentedProgram {
    const parent = join(repository, workspace, 'dist');
    mkdirSync(parent, { recursive: true });
    const directory = mkdtempSync(join(parent, 'pages-'));
    for (const name of readdirSync(join(repository, 'packages'))) installSources(directory, name);
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
    return new DocumentedProgram(directory);
  }

  /** Adds a file of the test's own. */
  write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  /** The version of a dependency that a file in this folder of the program gets. */
  versionOf(dependency: string, folder = ''): string {
    const { resolve } = createRequire(join(this.directory, folder, 'any.js'));
    return (JSON.parse(readFileSync(resolve(`${dependency}/package.json`), 'utf8')) as { version: string })
      .version;
  }

  /** The errors of the compiler. */
  async compile(): Promise<string> {
    const settings = {
      extends: join(repository, 'tsconfig.base.json'),
      compilerOptions: { incremental: false, types: ['node', 'jest'], lib: ['es2023', 'dom'] },
      include: ['*/*.ts'],
    };
    this.write('tsconfig.json', JSON.stringify(settings));
    const compiler = join(repository, 'node_modules/@typescript/native/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', this.directory]).catch(
      (error: { stdout: string }) => error,
    );
    return stdout;
  }

  /** Runs one of its files, and returns what it printed. */
  async node(file: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const env = { ...process.env, NODE_OPTIONS: '', ...environment };
    const { stdout } = await run(process.execPath, [...conditions, file], { cwd: this.directory, env });
    return stdout;
  }

  /** Runs the tests that are among its files, and returns what Jest printed. */
  async jest(): Promise<string> {
    this.write('jest.config.json', JSON.stringify(jestConfiguration));
    const jest = join(repository, 'node_modules/jest/bin/jest.js');
    const flags = ['--experimental-vm-modules', '--no-warnings', jest, '--rootDir', this.directory];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { stderr } = await run(process.execPath, flags, { cwd: this.directory, env }).catch(
      (error: { stderr: string }) => error,
    );
    return stderr;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

interface Page {
  readonly name: string;
  readonly text: string;
}

const pages: readonly Page[] = [
  ...readdirSync(join(repository, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => ({ name: `docs-${name.replace('.md', '')}`, path: `docs/${name}` })),
  ...readdirSync(join(repository, 'packages')).map((name) => ({ name, path: `packages/${name}/README.md` })),
  { name: 'readme', path: 'README.md' },
]
  .map(({ name, path }) => ({ name, text: readFileSync(join(repository, path), 'utf8') }))
  .filter(({ text }) => codeBlocks(text).some(({ language }) => language === 'ts'));

const conditions = ['--conditions=@nest-saga/source', '--import', '@nest-saga/typescript-loader'];

function writePage(directory: string, { name, text }: Page): string {
  mkdirSync(join(directory, name));
  for (const { language, file, code } of codeBlocks(text))
    if (language === 'ts' && file !== undefined) writeFileSync(join(directory, name, file), code);
  return name;
}

function installSources(directory: string, name: string): void {
  const [from, to] = [join(repository, 'packages', name), join(directory, 'node_modules/@nest-saga', name)];
  for (const part of ['package.json', 'src', 'bin'])
    if (existsSync(join(from, part)))
      cpSync(join(from, part), join(to, part), {
        recursive: true,
        filter: (path) => !path.endsWith('.spec.ts'),
      });
}

const jestConfiguration = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@nest-saga/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': ['@swc/jest', JSON.parse(readFileSync(join(repository, '.swcrc'), 'utf8')) as object],
  },
  transformIgnorePatterns: [],
  // The contract of a storage is tried on storages that there are: this page declares functions of the reader's own.
  testMatch: ['**/docs-testing/*.spec.ts'],
};

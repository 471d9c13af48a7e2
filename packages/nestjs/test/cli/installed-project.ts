import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serialize } from 'node:v8';
import type { LoadedSaga } from '@nest-saga/core';
import ts from 'typescript';

const repository = join(import.meta.dirname, '../../../..');

/** What a process wrote and how it ended. */
export interface FinishedProcess {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A directory of an application as its user has it: compiled, with compiled packages in `node_modules`. */
export class InstalledProject {
  private constructor(readonly directory: string) {}

  /** Installs packages of this repository, compiled from their sources of this moment, with what they depend on. */
  static async create(packages: readonly string[]): Promise<InstalledProject> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'nest-saga-project-')));
    const project = new InstalledProject(directory);
    await mkdir(join(directory, 'node_modules/.bin'), { recursive: true });
    for (const name of packages) await project.install(name);
    await symlink('../@nest-saga/nestjs/bin/nest-saga.js', join(directory, 'node_modules/.bin/nest-saga'));
    return project;
  }

  /** Compiles a directory of sources to ES modules or to CommonJS. */
  async compile(sources: string, target: string, format: 'module' | 'commonjs'): Promise<void> {
    await compileDirectory(sources, join(this.directory, target), format);
    await writeFile(join(this.directory, target, 'package.json'), JSON.stringify({ type: format }));
  }

  /** Runs the command that npm links, as `npx nest-saga` does. */
  async nestSaga(...commandArguments: readonly string[]): Promise<FinishedProcess> {
    const child = spawn(join(this.directory, 'node_modules/.bin/nest-saga'), commandArguments, {
      cwd: this.directory,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { code, output, errors };
  }

  /** Installs in place of `@nest-saga/typeorm` what knows one saga, of every database but one that is empty or broken. */
  async installStorageOf(saga: LoadedSaga): Promise<void> {
    const directory = join(this.directory, 'node_modules/@nest-saga/typeorm');
    await mkdir(directory, { recursive: true });
    const manifest = { name: '@nest-saga/typeorm', type: 'module', exports: { './cli': './cli.js' } };
    await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
    await writeFile(
      join(directory, 'cli.js'),
      `import { deserialize } from 'node:v8';
       const saga = deserialize(Buffer.from('${serialize(saga).toString('base64')}', 'base64'));
       export async function loadSaga(sagaId, { url }) {
         if (url.includes('broken')) throw new Error('the server is gone');
         return url.includes('empty') || sagaId !== saga.header.sagaId ? undefined : saga;
       }`,
    );
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true });
  }

  private async install(name: string): Promise<void> {
    const source = join(repository, 'packages', name);
    const target = join(this.directory, 'node_modules/@nest-saga', name);
    await compileDirectory(join(source, 'src'), join(target, 'dist'), 'module');
    for (const part of ['package.json', 'bin'])
      if (existsSync(join(source, part)))
        await cp(join(source, part), join(target, part), { recursive: true });
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(
      await readFile(join(source, 'package.json'), 'utf8'),
    ) as Readonly<Record<string, Readonly<Record<string, string>>>>;
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (!dependency.startsWith('@nest-saga/')) await this.link(dependency);
    }
  }

  private async link(dependency: string): Promise<void> {
    const installed = join(repository, 'node_modules', dependency);
    const link = join(this.directory, 'node_modules', dependency);
    if (existsSync(link) || !existsSync(installed)) return;
    await mkdir(dirname(link), { recursive: true });
    await symlink(installed, link);
  }
}

async function compileDirectory(
  source: string,
  target: string,
  format: 'module' | 'commonjs',
): Promise<void> {
  const files = await readdir(source, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
    const compiled = join(target, file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(compiled), { recursive: true });
    await writeFile(compiled, compile(await readFile(join(source, file), 'utf8'), format));
  }
}

function compile(source: string, format: 'module' | 'commonjs'): string {
  return ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: format === 'module' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
    },
  }).outputText;
}

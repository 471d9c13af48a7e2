import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '@nest-saga/embedded-postgres';
import { OrdersClient } from './support/orders-client.js';
import { codeBlocks, readReadme, repository } from './support/readme.js';
import { readAll, readEvents, summarize } from './support/read-events.js';
import { until } from './support/until.js';

const run = promisify(execFile);
const jest = ['--experimental-vm-modules', join(repository, 'node_modules/jest/bin/jest.js')];

describe('the README', () => {
  const blocks = codeBlocks(readReadme());
  let directory: string;

  // Inside the workspace, so that the code finds the packages as it does in an application.
  beforeAll(async () => {
    const parent = resolve(import.meta.dirname, '../dist');
    await mkdir(parent, { recursive: true });
    directory = await mkdtemp(join(parent, 'readme-'));
    for (const { file, code } of blocks) {
      if (file !== undefined) await writeFile(join(directory, file), code);
    }
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('names what an application has to install that is not in every Nest application anyway', () => {
    const script = blocks.find(({ language, code }) => language === 'sh' && code.includes('npm install'));
    const named = [...(script?.code ?? '').matchAll(/^npm install ([^#\n]+)/gm)].flatMap(([, names = '']) =>
      names.trim().split(' '),
    );
    const ours = ['nestjs', 'typeorm'];
    const required = ours.flatMap((name) => requiredPeersOf(join(repository, 'packages', name)));
    const all = [...ours.map((name) => `@nest-saga/${name}`), ...required];

    expect(named.toSorted()).toEqual(
      [...new Set(all)].filter((name) => !inEveryApplication.has(name)).toSorted(),
    );
  });

  it('has a file name on every TypeScript block, so that none escapes the compiler', () => {
    const nameless = blocks.filter(({ language, file }) => language === 'ts' && file === undefined);

    expect(nameless).toEqual([]);
  });

  it('has code that compiles as it stands', async () => {
    const settings = {
      extends: join(repository, 'tsconfig.base.json'),
      compilerOptions: { incremental: false, types: ['node'] },
      include: ['*.ts'],
    };
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(settings));

    const compiler = join(repository, 'node_modules/@typescript/native/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', directory]).catch(
      (error: { stdout: string }) => error,
    );

    expect(stdout).toBe('');
  });

  it('has code that compiles in a CommonJS project, too', async () => {
    const project = join(directory, 'compiled-commonjs');
    await mkdir(project);
    for (const { file, code } of blocks) {
      if (file?.endsWith('.ts') === true) await writeFile(join(project, file), code);
    }
    await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'commonjs' }));
    const settings = {
      extends: join(repository, 'tsconfig.base.json'),
      compilerOptions: {
        incremental: false,
        types: ['node'],
        module: 'nodenext',
        verbatimModuleSyntax: false,
      },
      include: ['*.ts'],
    };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(settings));

    const compiler = join(repository, 'node_modules/@typescript/native/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', project]).catch(
      (error: { stdout: string }) => error,
    );

    expect(stdout).toBe('');
  });

  it('has a quick start that runs as it stands: a good order, an undone one, and the stream', async () => {
    const port = await findFreePort();
    const program = ['--conditions=@nest-saga/source', '--import', '@nest-saga/typescript-loader', 'main.ts'];
    const environment = { ...process.env, NODE_OPTIONS: '', PORT: String(port) };
    const application = spawn(process.execPath, program, {
      cwd: directory,
      env: environment,
      stdio: 'ignore',
    });
    try {
      const client = new OrdersClient(`http://localhost:${port}`);
      const order = { item: 'book', cents: 1_900 };
      const good = await until('the quick start answers', () =>
        client.send('POST', '/orders', order).catch(() => undefined),
      );
      expect(good.body.status).toBe('completed');

      const dear = { ...order, cents: 20_000 };
      const { body } = await client.send('POST', '/orders', dear);
      expect(body).toMatchObject({ status: 'failed', failure: { step: 'charge' } });

      const results = await readSteps(client.url, dear);
      expect(results).toEqual([
        'started',
        'reserve act completed',
        'charge act failed',
        'charge act failed',
        'charge act failed',
        'reserve compensate completed',
        'failed',
      ]);
    } finally {
      application.kill('SIGTERM');
      await once(application, 'exit');
    }
  });

  it('has a Jest configuration with which a CommonJS project tests its saga', async () => {
    const project = join(directory, 'commonjs');
    await mkdir(project);
    const configuration = blocks.find(({ file }) => file === 'jest.config.js')?.code ?? '';
    await writeFile(join(project, 'package.json'), '{ "type": "commonjs" }');
    await writeFile(join(project, 'readme.config.js'), configuration);
    await writeFile(join(project, '.swcrc'), JSON.stringify(compilerOfTheProject));
    await writeFile(join(project, 'jest.config.js'), ownConfiguration);
    await writeFile(join(project, 'saga.test.ts'), commonJsTest);

    const { stderr } = await run(process.execPath, [...jest.slice(1), '--rootDir', project], {
      cwd: project,
      env: { ...process.env, NODE_OPTIONS: '' },
    });

    expect(stderr).toContain('1 passed');
  });
});

const inEveryApplication = new Set(['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs']);

function requiredPeersOf(directory: string): readonly string[] {
  const { peerDependencies, peerDependenciesMeta = {} } = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  ) as {
    readonly peerDependencies: Readonly<Record<string, string>>;
    readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  };
  return Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
}

async function readSteps(url: string, order: object): Promise<readonly string[]> {
  const response = await fetch(`${url}/orders/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  return (await readAll(readEvents(response))).map(summarize);
}

const compilerOfTheProject = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'commonjs' },
};

// The packages from source, as everywhere in this repository: the rest is what the README says.
const ownConfiguration = `
module.exports = {
  ...require('./readme.config.js'),
  testEnvironmentOptions: { customExportConditions: ['@nest-saga/source', 'node', 'require'] },
  moduleNameMapper: { '^(\\\\.{1,2}/.*)\\\\.js$': '$1' },
};`;

const commonJsTest = `
import { Saga, SagaModule, SagaOrchestrator, SagaStep } from '@nest-saga/nestjs';
import { Test } from '@nestjs/testing';

class Context { constructor(readonly item: string) {} }

@SagaStep('one')
class One { act() { return 1; } compensate() {} }

@Saga({ name: 'saga', context: Context, steps: [One] })
class OneStepSaga {}

test('a saga of a CommonJS project ends', async () => {
  const module = await Test.createTestingModule({ imports: [SagaModule.forRoot()], providers: [OneStepSaga, One] }).compile();
  await module.init();
  const handle = await module.get(SagaOrchestrator).start(new Context('book'));
  expect((await handle.outcome()).status).toBe('completed');
  await module.close();
});`;

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineSaga, fallback } from '@nest-saga/core';
import { classDiagram, executionDiagram, sequenceDiagram, stateDiagram } from '@nest-saga/core/diagrams';
import type { JournalEntry, SagaHeader } from '@nest-saga/core';
import { InstalledProject } from './installed-project.js';

class OrderContext {}
class RefundContext {}

const handler = (): never => {
  throw new Error('a diagram needs no handler');
};
const circuitBreaker = { execute: <T>(_: string, act: () => Promise<T>) => act(), isOpen: () => false };
const reserve = { id: 'reserve', handler, retry: { maximumAttempts: 3 } };
const [charge, invoice] = ['charge', 'invoice'].map((id) => ({ id, handler })) as [
  typeof reserve,
  typeof reserve,
];
const first = { name: 'order', context: OrderContext, steps: [reserve, charge] };
const firstOrder = defineSaga(first);
const order = defineSaga({
  ...first,
  version: 2,
  steps: [reserve, fallback(charge, invoice, { circuitBreaker })],
});
const refund = defineSaga({ name: 'shop:refund', context: RefundContext, steps: [invoice] });

/** With `--saga` and `--version`, so that one diagram is printed. */
const oneSaga = ['--saga', 'order', '--version', '1'];

describe('nest-saga diagram', () => {
  let project: InstalledProject;

  beforeAll(async () => {
    project = await InstalledProject.create(['core', 'nestjs']);
    const sources = join(import.meta.dirname, 'application');
    await project.compile(sources, 'dist', 'module');
    await project.compile(sources, 'commonjs', 'commonjs');
  });
  afterAll(() => project.remove());

  it('draws a saga of an application of which nothing is made, called or connected', async () => {
    const { code, output, errors } = await project.nestSaga('diagram', 'dist/app.module.js', ...oneSaga);
    expect(output).toBe(sequenceDiagram(firstOrder));
    expect(errors).toMatch(/SagaModule gets its options from a factory, which is not called here/);
    expect(code).toBe(0);
  });

  it('draws a saga of an application in CommonJS', async () => {
    const { code, output } = await project.nestSaga('diagram', 'commonjs/app.module.js', ...oneSaga);
    expect(output).toBe(sequenceDiagram(firstOrder));
    expect(code).toBe(0);
  });

  it('draws each kind that is asked for of each version, as Markdown where they are several', async () => {
    const { output } = await project.nestSaga(
      ...['diagram', 'dist/app.module.js', '--saga', 'order', '--kind', 'class', '--kind', 'state'],
    );
    expect(output).toBe(
      [
        ['order, version 1: class', classDiagram(firstOrder)],
        ['order, version 1: state', stateDiagram(firstOrder)],
        ['order, version 2: class', classDiagram(order)],
        ['order, version 2: state', stateDiagram(order)],
      ]
        .map(([title, text]) => `## ${title} diagram\n\n\`\`\`mermaid\n${text}\`\`\`\n`)
        .join('\n'),
    );
  });

  it('writes a file for each diagram to a directory that it makes', async () => {
    const { code, output } = await project.nestSaga(
      ...['diagram', 'dist/app.module.js', '--out', 'docs/sagas', '--kind', 'state'],
    );
    expect(code).toBe(0);
    const written = join(project.directory, 'docs/sagas');
    const files = (await readdir(written)).sort();
    expect(files).toEqual(['order.v1.state.mmd', 'order.v2.state.mmd', 'shop%3Arefund.v1.state.mmd']);
    expect(output).toBe(files.map((file) => `${join('docs/sagas', file)}\n`).join(''));
    const texts = await Promise.all(files.map((file) => readFile(join(written, file), 'utf8')));
    expect(texts).toEqual([firstOrder, order, refund].map(stateDiagram));
  });

  it('draws the policies that SagaModule.forRoot() was given, of a module that forRoot({}) makes', async () => {
    const { output, errors } = await project.nestSaga('diagram', 'dist/settings.module.js');
    expect(output).toBe(sequenceDiagram(defineSaga(first, { retry: { maximumAttempts: 7 } })));
    expect(errors).toBe('');
  });

  it('draws the module that is exported under a name', async () => {
    const { output } = await project.nestSaga(
      ...['diagram', 'dist/settings.module.js', '--export', 'drawnModule'],
    );
    expect(output).toBe(sequenceDiagram(defineSaga(first, { retry: { maximumAttempts: 5 } })));
  });

  describe('--execution', () => {
    const sagaId = '01890a5d-ac96-774b-bcce-b302099a8057';
    const at = new Date('2026-01-05T09:58:00.000Z');
    const header: SagaHeader = {
      sagaId,
      saga: 'order',
      version: 1,
      key: undefined,
      status: 'running',
      owner: 'worker-1',
      nextRunAt: undefined,
      deadlineAt: undefined,
      parentId: undefined,
      reverses: undefined,
      path: undefined,
      waiting: undefined,
      context: '{}',
      metadata: {},
      failure: undefined,
      stuck: undefined,
      createdAt: at,
      updatedAt: at,
    };
    const entries: readonly JournalEntry[] = [
      {
        seq: 1,
        worker: 'worker-1',
        recordedAt: at,
        kind: 'act-completed',
        step: 'reserve',
        attempt: 1,
        startedAt: at,
        finishedAt: at,
        context: '{}',
      },
    ];
    const url = 'postgres://reader@database/orders';

    beforeAll(() => project.installStorageOf({ header, entries }));

    it('draws what became of one saga, and needs no application for that', async () => {
      const { code, output, errors } = await project.nestSaga('diagram', '--execution', sagaId, '--url', url);
      expect(output).toBe(executionDiagram(header, entries));
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
    });

    it('adds the steps that have not run where the application is there', async () => {
      const { output } = await project.nestSaga(
        ...['diagram', 'dist/app.module.js', '--execution', sagaId, '--url', url],
      );
      expect(output).toBe(executionDiagram(header, entries, firstOrder));
      expect(output).not.toBe(executionDiagram(header, entries));
    });

    it('writes a file that is named by the saga', async () => {
      const { output } = await project.nestSaga(
        ...['diagram', '--execution', sagaId.toUpperCase(), '--url', url, '--out', 'executions'],
      );
      const file = join('executions', `order.${sagaId}.execution.mmd`);
      expect(output).toBe(`${file}\n`);
      expect(await readFile(join(project.directory, file), 'utf8')).toBe(executionDiagram(header, entries));
    });

    it.each([
      [[], 2, /Say which database: set DATABASE_URL, or pass --url/],
      [['--url', 'postgres://broken'], 1, /The saga .+ cannot be read: the server is gone/],
      [['--url', 'postgres://empty'], 1, /There is no saga .+ in this database/],
    ])('with %j ends with %i and says why', async (options, expected, message) => {
      const { code, output, errors } = await project.nestSaga('diagram', '--execution', sagaId, ...options);
      expect({ code, output }).toEqual({ code: expected, output: '' });
      expect(errors).toMatch(message);
    });
  });

  it('says what to export where a module cannot be made without settings', async () => {
    const { code, output, errors } = await project.nestSaga(
      ...['diagram', 'dist/settings.module.js', '--export', 'DemandingModule'],
    );
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toMatch(
      /DemandingModule\.forRoot\(\{\}\) failed: the module needs settings.+export const drawnModule = /,
    );
  });

  it.each([
    ['dist/none.js', [], /There is no file .+dist\/none\.js\. Build the application/],
    ['dist', [], /There is no file .+dist\./],
    ['dist/broken.module.js', [], /broken\.module\.js cannot be imported.+DATABASE_URL is not set/s],
    ['dist/connection.js', [], /exports no module\. It exports: Connection\./],
    ['dist/unlike.module.js', [], /several modules: say which with --export.+EmptyModule, UnprovidedModule/],
    ['dist/app.module.js', ['--export', 'Root'], /no export "Root"\. It exports: AppModule\./],
    ['dist/settings.module.js', ['--export', 'notAModule'], /"notAModule" of .+ is not a module/],
    ['dist/unlike.module.js', ['--export', 'EmptyModule'], /There is no saga in this module/],
    ['dist/orders.module.js', [], /pass the root module of the whole application.+Connection/s],
    ['dist/unlike.module.js', ['--export', 'UnprovidedModule'], /ReserveStep.+no module provides it/s],
    [
      'dist/app.module.js',
      ['--saga', 'orders'],
      /no saga "orders"\. There are: "order" version 1, "order" version 2, "shop:refund" version 1\./,
    ],
    ['dist/app.module.js', ['--saga', 'order', '--version', '3'], /no saga "order" version 3\. There are: /],
  ])('ends with 1 and says what is wrong with %s %j', async (file, options, message) => {
    const { code, output, errors } = await project.nestSaga('diagram', file, ...options);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toMatch(message);
  });
});

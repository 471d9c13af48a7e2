import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InstalledProject } from './installed-project.js';

const drawing = ['diagram', '--execution', '01890a5d-ac96-774b-bcce-b302099a8057'];
const nowhere = ['--url', 'postgres://127.0.0.1:1/none'];

describe('nest-saga where @nest-saga/typeorm is installed', () => {
  let project: InstalledProject;

  beforeAll(async () => {
    project = await InstalledProject.create(['core', 'nestjs', 'typeorm']);
  });
  afterAll(() => project.remove());

  it('runs the commands of that, with their exit codes', async () => {
    const sql = await project.nestSaga('sql', '--schema', 'sagas');
    expect(sql).toMatchObject({ code: 0, errors: '' });
    expect(sql.output).toMatch(/^BEGIN;\nCREATE SCHEMA IF NOT EXISTS "sagas";\n.+\nCOMMIT;\n$/s);
    const status = await project.nestSaga('status', ...nowhere);
    expect(status).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('ECONNREFUSED') });
    const migrate = await project.nestSaga('migrate');
    expect(migrate).toMatchObject({ code: 2, errors: expect.stringContaining('set DATABASE_URL') });
    const from = await project.nestSaga('sql', '--from', '9');
    expect(from).toMatchObject({ code: 2, output: '', errors: expect.stringContaining('--from "9"') });
    const schema = await project.nestSaga('status', '--schema', 'a-b', ...nowhere);
    expect(schema).toMatchObject({ code: 2, output: '', errors: expect.stringContaining('--schema "a-b"') });
  });

  it('reads an execution through it', async () => {
    const diagram = await project.nestSaga(...drawing, ...nowhere);
    expect(diagram).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('nest-saga without @nest-saga/typeorm', () => {
  let project: InstalledProject;

  beforeAll(async () => {
    project = await InstalledProject.create(['core', 'nestjs']);
  });
  afterAll(() => project.remove());

  it.each([[['migrate']], [[...drawing, ...nowhere]]])(
    'names the package to install for %j',
    async (command) => {
      const { code, output, errors } = await project.nestSaga(...command);
      expect({ code, output }).toEqual({ code: 1, output: '' });
      expect(errors).toMatch(
        /part of @nest-saga\/typeorm, which is not installed.+npm install @nest-saga\/typeorm/,
      );
    },
  );

  it.each(['--version', '-v', 'version'])('says its version for %s', async (word) => {
    const { version } = createRequire(import.meta.url)('@nest-saga/nestjs/package.json') as {
      readonly version: string;
    };
    expect(await project.nestSaga(word)).toMatchObject({ code: 0, output: `${version}\n`, errors: '' });
  });

  it('says what it can do, to who asks and to who asks for something else', async () => {
    const asked = await project.nestSaga('--help');
    expect(asked).toMatchObject({ code: 0, output: expect.stringMatching(/diagram.+migrate.+status.+sql/s) });
    expect(await project.nestSaga()).toEqual(asked);
    const unknown = await project.nestSaga('destroy');
    expect(unknown).toMatchObject({
      code: 2,
      output: '',
      errors: expect.stringMatching(/There is no command "destroy"\..+diagram/s),
    });
    const diagram = await project.nestSaga('diagram', '--help');
    expect(diagram).toMatchObject({ code: 0, output: expect.stringContaining('--export') });
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { InstalledProject } from './installed-project.js';

describe('nest-saga', () => {
  let project: InstalledProject;

  afterEach(() => project.remove());

  it('runs the commands of @nest-saga/typeorm where it is installed, with their exit codes', async () => {
    project = await InstalledProject.create(['core', 'nestjs', 'typeorm']);
    const sql = await project.nestSaga('sql', '--schema', 'sagas');
    expect(sql).toMatchObject({ code: 0, errors: '' });
    expect(sql.output).toMatch(/^BEGIN;\nCREATE SCHEMA IF NOT EXISTS "sagas";\n.+\nCOMMIT;\n$/s);
    const status = await project.nestSaga('status', '--url', 'postgres://127.0.0.1:1/none');
    expect(status).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('ECONNREFUSED') });
    const diagram = await project.nestSaga(
      ...['diagram', '--execution', '01890a5d-ac96-774b-bcce-b302099a8057'],
      ...['--url', 'postgres://127.0.0.1:1/none'],
    );
    expect(diagram).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('ECONNREFUSED') });
    const migrate = await project.nestSaga('migrate');
    expect(migrate).toMatchObject({ code: 2, errors: expect.stringContaining('set DATABASE_URL') });
  });

  it('names the package to install where it is not installed', async () => {
    project = await InstalledProject.create(['core', 'nestjs']);
    const drawing = [
      'diagram',
      '--execution',
      '01890a5d-ac96-774b-bcce-b302099a8057',
      '--url',
      'postgres://a',
    ];
    for (const command of [['migrate'], drawing]) {
      const { code, output, errors } = await project.nestSaga(...command);
      expect({ code, output }).toEqual({ code: 1, output: '' });
      expect(errors).toMatch(
        /part of @nest-saga\/typeorm, which is not installed.+npm install @nest-saga\/typeorm/,
      );
    }
  });

  it('says what it can do, to who asks and to who asks for something else', async () => {
    project = await InstalledProject.create(['core', 'nestjs']);
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

import { providePostgres } from '@nest-saga/embedded-postgres';

describe('the shared test server', () => {
  afterEach(() => {
    delete process.env['DATABASE_URL'];
  });

  it('is passed to every integration spec, and replaces an embedded one if DATABASE_URL names it', async () => {
    const shared = process.env['NEST_SAGA_TEST_DATABASE_URL'];
    expect(shared).toMatch(/^postgres/);
    process.env['DATABASE_URL'] = shared;

    const postgres = await providePostgres();

    expect(postgres).toMatchObject({ url: shared, embedded: false });
    const name = `shared_server_${process.pid}`;
    expect(await postgres.createDatabase(name)).toBe(new URL(`/${name}`, shared).href);
    await postgres.dropDatabase(name);
    await postgres.stop();
  });
});

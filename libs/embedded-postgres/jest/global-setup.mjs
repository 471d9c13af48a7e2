import '@nest-saga/typescript-loader';

/** One server for every integration spec of a run; where DATABASE_URL is set, that one instead. */
export default async function globalSetup() {
  const { providePostgres } = await import('../src/provide-postgres.ts');
  const postgres = await providePostgres({
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: 300 },
  });
  process.env.NEST_SAGA_TEST_DATABASE_URL = postgres.url;
  globalThis.nestSagaTestPostgres = postgres;
}

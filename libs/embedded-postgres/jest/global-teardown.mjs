export default async function globalTeardown() {
  await globalThis.nestSagaTestPostgres?.stop();
}

export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.js';
export { canOthersEnter } from './can-others-enter.js';
export { providePostgres, type ProvidedPostgres } from './provide-postgres.js';
export { findFreePort } from './free-port.js';
export { createDatabase, dropDatabase, type CreateDatabaseOptions } from './databases.js';

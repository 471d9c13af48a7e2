import { SagaSchemaError } from './saga-schema-error.js';
import type { SagaSchemaProblem } from './saga-schema-error.js';

const threeRemedies =
  /at start \(migrations: 'auto'\).*"npx nest-saga migrate --schema jobs".*sagaMigrationSql\({ schema: 'jobs' }\)/;

describe('SagaSchemaError', () => {
  it.each<[SagaSchemaProblem, number, RegExp]>([
    ['missing', 0, /There are no saga tables in the schema "jobs"/],
    ['older', 1, /saga tables in the schema "jobs" have version 1, and this package needs version 2/],
    ['forbidden', 1, /role may not bring the saga tables in the schema "jobs" from version 1 to version 2/],
  ])('says what is "%s", and the three ways to bring it up to date', (problem, found, said) => {
    const error = new SagaSchemaError(problem, 'jobs', found, 2);

    expect(error).toMatchObject({ code: 'SAGA_SCHEMA_MISMATCH', problem, schema: 'jobs', found, needed: 2 });
    expect(error.message).toMatch(said);
    expect(error.message).toMatch(threeRemedies);
  });

  it('asks for a later package where the schema is "newer": no migration would help', () => {
    const { message } = new SagaSchemaError('newer', 'jobs', 3, 2);

    expect(message).toMatch(
      /have version 3, and this package knows only versions up to 2.*Install the version/,
    );
    expect(message).not.toMatch(threeRemedies);
  });
});

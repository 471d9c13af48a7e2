import { defaultSchema, tableIn } from '../table/participant-table.js';
import type { ParticipantMigrationMode } from '../table/prepare-table.js';

/** Options of {@link SagaBarrier}. */
export interface SagaBarrierOptions {
  /** The schema of the table `saga_participant`. @default 'saga' */
  readonly schema?: string;
  /**
   * The behaviour of `open()`: `'auto'` creates the table if it is missing, `'check'` refuses to start without it,
   * `'off'` does neither.
   *
   * @default 'auto', and 'check' if NODE_ENV is "production"
   */
  readonly migrations?: ParticipantMigrationMode;
  /** The isolation level of a command's transaction. @default 'READ COMMITTED' */
  readonly isolationLevel?: 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
}

const values: Readonly<Record<keyof SagaBarrierOptions, readonly string[] | undefined>> = {
  schema: undefined,
  migrations: ['auto', 'check', 'off'],
  isolationLevel: ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'],
};

/**
 * The options with their defaults.
 *
 * @throws TypeError for an option that does not exist, or a wrong value.
 */
export function resolveOptions(options: SagaBarrierOptions): Required<SagaBarrierOptions> {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(values, name))
      throw new TypeError(
        `${name} is not an option of the barrier. The options are ${Object.keys(values).join(', ')}.`,
      );
    const allowed = values[name as keyof SagaBarrierOptions];
    if (value !== undefined && allowed?.includes(value as string) === false)
      throw new TypeError(
        `The option ${name} of the barrier is ${JSON.stringify(value)}. Pass one of ${allowed.join(', ')}.`,
      );
  }
  const isProduction = process.env['NODE_ENV'] === 'production';
  const {
    schema = defaultSchema,
    migrations = isProduction ? 'check' : 'auto',
    isolationLevel = 'READ COMMITTED',
  } = options;
  tableIn(schema);
  return { schema, migrations, isolationLevel };
}

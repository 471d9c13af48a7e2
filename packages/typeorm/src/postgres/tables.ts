import { checkSchemaName } from './schema-name.js';

/** The names of the tables of one schema, quoted and ready for a statement's text. */
export interface Tables {
  /** The schema as it was given, not quoted. */
  readonly schemaName: string;
  readonly schema: string;
  readonly execution: string;
  readonly log: string;
  readonly worker: string;
  readonly outbox: string;
  readonly subscriber: string;
  readonly audit: string;
  readonly inbox: string;
  readonly migration: string;
}

/**
 * The tables of a schema.
 *
 * @throws InvalidArgumentError if the name is not safe in the text of a statement.
 */
export function tablesOf(schemaName: string): Tables {
  const schema = `"${checkSchemaName(schemaName)}"`;
  return {
    schemaName,
    schema,
    execution: `${schema}."saga_execution"`,
    log: `${schema}."saga_log"`,
    worker: `${schema}."saga_worker"`,
    outbox: `${schema}."saga_outbox"`,
    subscriber: `${schema}."saga_subscriber"`,
    audit: `${schema}."saga_audit"`,
    inbox: `${schema}."saga_inbox"`,
    migration: `${schema}."saga_migration"`,
  };
}

import type { DataSource, EntityMetadata, EntitySubscriberInterface } from 'typeorm';
import { SagaReadOnlyError } from '../errors/saga-read-only-error.js';
import { SagaExecutionEntity, SagaLogEntity } from './saga.entities.js';
import { SagaWorkerEntity } from './saga-worker.entity.js';

const targets: ReadonlySet<unknown> = new Set([SagaExecutionEntity, SagaLogEntity, SagaWorkerEntity]);
const tableNames: ReadonlySet<string> = new Set(['saga_execution', 'saga_log', 'saga_worker']);

/** The statement of TypeORM for `clear()`, up to the name of the table. */
const truncate = 'TRUNCATE TABLE ';

interface Written {
  readonly metadata: EntityMetadata;
}

/**
 * Refuses writes of TypeORM to the saga tables of a schema, with any entity. The engine does not use TypeORM for its
 * writes.
 */
export class ReadOnlyEntities implements EntitySubscriberInterface {
  constructor(private readonly schema: string) {}

  /** Guards an initialized data source. A second call has no effect until the data source is initialized again. */
  guard({ subscribers }: DataSource): void {
    if (!subscribers.includes(this)) subscribers.push(this);
  }

  beforeInsert(event: Written): void {
    this.refuse(event);
  }

  beforeUpdate(event: Written): void {
    this.refuse(event);
  }

  beforeRemove(event: Written): void {
    this.refuse(event);
  }

  beforeSoftRemove(event: Written): void {
    this.refuse(event);
  }

  beforeRecover(event: Written): void {
    this.refuse(event);
  }

  /** `clear()` is the one method of a repository that reaches the table without an event of its own. */
  beforeQuery({ query }: { readonly query: string }): void {
    if (!query.startsWith(truncate)) return;
    const emptied = [...tableNames].find((tableName) => query.startsWith(truncate + this.quoted(tableName)));
    if (emptied !== undefined) throw new SagaReadOnlyError(`${this.schema}.${emptied}`);
  }

  private quoted(tableName: string): string {
    return `"${this.schema}"."${tableName}"`;
  }

  private refuse({ metadata }: Written): void {
    const { target, schema, tableName, tablePath } = metadata;
    if (targets.has(target) || (schema === this.schema && tableNames.has(tableName)))
      throw new SagaReadOnlyError(tablePath);
  }
}

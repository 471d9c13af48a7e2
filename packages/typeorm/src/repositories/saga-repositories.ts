import type { Surroundings } from '@nest-saga/core/storage-kit';
import type { DataSource } from 'typeorm';
import { Connections } from '../postgres/connections.js';
import type { ConnectionOptions } from '../postgres/connections.js';
import { tablesOf } from '../postgres/tables.js';
import type { Tables } from '../postgres/tables.js';
import { SagaDataSource } from './saga-data-source.js';
import { SagaExecutionRepository } from './saga-execution.repository.js';
import { SagaInbox } from './saga-inbox.js';
import { SagaJournalRepository } from './saga-journal.repository.js';
import { SagaWorkerRepository } from './saga-worker.repository.js';

/**
 * The three repositories of one schema, over the pool of one data source. The module for the application and the
 * storage use the same instance.
 */
export class SagaRepositories {
  readonly executions: SagaExecutionRepository;
  readonly journal: SagaJournalRepository;
  readonly workers: SagaWorkerRepository;
  readonly inbox: SagaInbox;
  readonly connections: Connections;
  private readonly dataSource: SagaDataSource;
  private isTaken = false;

  private constructor(
    private readonly application: DataSource,
    readonly tables: Tables,
  ) {
    const connections = new Connections(application);
    this.connections = connections;
    const dataSource = new SagaDataSource(tables.schemaName, (operation) =>
      connections.pool.lease(operation),
    );
    this.dataSource = dataSource;
    this.executions = new SagaExecutionRepository(dataSource, connections.writes, tables);
    const runners = { reads: connections.pool, writes: connections.writes };
    this.journal = new SagaJournalRepository(dataSource, runners, tables, this.executions);
    this.workers = new SagaWorkerRepository(dataSource, connections.heartbeat, tables);
    this.inbox = new SagaInbox(connections.writes, tables);
  }

  /**
   * The instance of a data source and schema.
   *
   * @throws InvalidArgumentError for an invalid schema name.
   */
  static of(application: DataSource, schema: string): SagaRepositories {
    const tables = tablesOf(schema);
    const ofSchemas = known.get(application) ?? new Map<string, SagaRepositories>();
    known.set(application, ofSchemas);
    const repositories = ofSchemas.get(schema) ?? new SagaRepositories(application, tables);
    ofSchemas.set(schema, repositories);
    return repositories;
  }

  /**
   * The instance for a storage, with its options for connections. A second storage at the same time has its own
   * instance: its options may differ, and its end must not close the connections of the first one.
   *
   * @throws InvalidArgumentError for an invalid schema name.
   */
  static take(
    application: DataSource,
    schema: string,
    options: ConnectionOptions,
    runShared: Surroundings['run'],
  ): SagaRepositories {
    const shared = SagaRepositories.of(application, schema);
    const repositories = shared.isTaken ? new SagaRepositories(application, shared.tables) : shared;
    repositories.isTaken = true;
    repositories.connections.configure(options, runShared);
    return repositories;
  }

  /** Makes the repositories usable, without a connection. Further calls have no effect. */
  async open(): Promise<void> {
    await this.dataSource.open();
  }

  /**
   * Closes the connections beside the pool. Users of the repositories may still read through the pool; a later storage
   * gets new repositories.
   */
  async close(): Promise<void> {
    const ofSchemas = known.get(this.application);
    const { schemaName } = this.tables;
    if (ofSchemas?.get(schemaName) === this) ofSchemas.delete(schemaName);
    await this.connections.close();
  }
}

/** Removed together with the data source. */
const known = new WeakMap<DataSource, Map<string, SagaRepositories>>();

import { readSafely } from '@nest-saga/core/storage-kit';
import { DataSource } from 'typeorm';
import type { ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm';
import { retryConflicts } from '../postgres/pooled-runner.js';
import type { Lease } from '../postgres/pooled-runner.js';
import type { Row } from '../postgres/statement.js';
import { ReadOnlyEntities } from '../entities/read-only-entities.js';
import { sagaEntities } from '../entities/saga-entities.js';
import { RepositoryClient } from './repository-client.js';
import type { EngineRead } from './repository-client.js';

/**
 * A data source over the pool of the application's, for the saga entities alone. So the application need not list them,
 * nothing of its settings reaches them, and no logger sees what sagas carry. It makes no connection, and is initialized
 * without one.
 */
export class SagaDataSource extends DataSource {
  private readonly readOnly: ReadOnlyEntities;
  private readonly clients: RepositoryClients;
  private opening: Promise<unknown> | undefined;

  /** @param takeLease Takes a connection of the application's pool. */
  constructor(schema: string, takeLease: TakeLease) {
    const clients = new RepositoryClients(takeLease);
    super({
      type: 'postgres',
      driver: { Pool: poolOf(clients) },
      entities: sagaEntities({ schema }),
      logging: false,
      installExtensions: false,
    });
    this.clients = clients;
    this.readOnly = new ReadOnlyEntities(schema);
  }

  /** Makes its repositories usable. It may be called any number of times. */
  open(): Promise<unknown> {
    this.opening ??= this.openOnce();
    return this.opening;
  }

  /** As TypeORM's, whose errors carry the parameters of the statement. */
  override createQueryRunner(mode?: 'master' | 'slave'): QueryRunner {
    const runner = super.createQueryRunner(mode);
    const query = runner.query.bind(runner);
    return Object.assign(runner, {
      query: async (...parameters: Parameters<typeof query>): Promise<unknown> => {
        try {
          return await query(...parameters);
        } catch (error) {
          throw readSafely(error, 'driverError') ?? error;
        }
      },
    });
  }

  /**
   * Runs a query for the engine, which needs each value as PostgreSQL sent it.
   *
   * @throws SagaStorageError
   */
  read<Entity extends ObjectLiteral>(
    read: EngineRead,
    query: SelectQueryBuilder<Entity>,
  ): Promise<readonly Row[]> {
    return retryConflicts(() => this.readOnce(read, query));
  }

  private async readOnce<Entity extends ObjectLiteral>(
    read: EngineRead,
    query: SelectQueryBuilder<Entity>,
  ): Promise<readonly Row[]> {
    const runner = this.createQueryRunner();
    try {
      const client = (await runner.connect()) as RepositoryClient;
      client.readFor(read);
      return await query.setQueryRunner(runner).getRawMany<Row>();
    } finally {
      await runner.release();
    }
  }

  private async openOnce(): Promise<void> {
    await this.initialize();
    this.readOnly.guard(this);
    this.clients.isReady = true;
  }
}

type TakeLease = (operation: string) => Promise<Lease>;

/** Makes what TypeORM takes for clients of the driver. */
class RepositoryClients {
  /** Until then nothing is sent. */
  isReady = false;

  constructor(private readonly takeLease: TakeLease) {}

  create(): RepositoryClient {
    return new RepositoryClient(this.isReady ? this.takeLease : undefined);
  }
}

/** What TypeORM takes for the pool of the driver. */
function poolOf(clients: RepositoryClients): new () => object {
  return class RepositoryPool {
    connect(callback: (error: undefined, client: RepositoryClient, release: () => void) => void): void {
      const client = clients.create();
      callback(undefined, client, () => client.release());
    }

    /** The application's pool has its own listeners. */
    on(): this {
      return this;
    }

    /** The connections are the application's. */
    end(callback: () => void): void {
      callback();
    }
  };
}

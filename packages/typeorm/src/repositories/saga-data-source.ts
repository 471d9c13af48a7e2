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
 * A data source for the saga entities alone, over the pool of the application's one. So the application need not list
 * the entities, its settings do not affect them, and no logger sees the values of sagas. It makes no connection, and is
 * initialized without one.
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

  /** Makes its repositories usable. Further calls have no effect. */
  open(): Promise<unknown> {
    this.opening ??= this.openOnce();
    return this.opening;
  }

  /** Like TypeORM's method, but without the parameters of the statement in errors. */
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

/** Makes the clients that TypeORM uses as those of the driver. */
class RepositoryClients {
  /** Until then nothing is sent. */
  isReady = false;

  constructor(private readonly takeLease: TakeLease) {}

  create(): RepositoryClient {
    return new RepositoryClient(this.isReady ? this.takeLease : undefined);
  }
}

/** Acts as the pool of the driver for TypeORM. */
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

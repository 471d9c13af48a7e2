import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import type { EmbeddedPostgres } from '@nest-saga/embedded-postgres';

/** A PostgreSQL server that can be restarted and stopped for a while: it keeps its port and its data. */
export class SufferingServer {
  private constructor(
    private postgres: EmbeddedPostgres,
    private readonly directory: string,
  ) {}

  static async start(): Promise<SufferingServer> {
    const directory = await mkdtemp(join(tmpdir(), 'nest-saga-lab-'));
    const postgres = await launch(directory, undefined);
    return new SufferingServer(postgres, directory);
  }

  get url(): string {
    return this.postgres.url;
  }

  get port(): number {
    return this.postgres.port;
  }

  /** `immediate` is a crash of the server, `fast` is an orderly restart. */
  restart(mode: 'fast' | 'immediate'): Promise<void> {
    return this.postgres.restart(mode);
  }

  /** Stops it until `meanwhile` has ended. */
  async pauseDuring(meanwhile: () => Promise<void>): Promise<void> {
    const { port } = this.postgres;
    await this.postgres.stop();
    await meanwhile();
    this.postgres = await launch(this.directory, port);
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

function launch(directory: string, port: number | undefined): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDirectory: directory,
    ...(port === undefined ? {} : { port }),
    persistent: true,
    // Only the server crashes and not the machine, so everything that was written is kept.
    settings: { fsync: 'off', max_connections: 60 },
  });
}

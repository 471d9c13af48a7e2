import { Repository } from 'typeorm';
import type { ObjectLiteral } from 'typeorm';
import { SagaReadOnlyError } from '../errors/saga-read-only-error.js';

/**
 * A repository whose rows only the saga engine writes. It reads like every repository of TypeORM; each method that
 * writes rejects with {@link SagaReadOnlyError}.
 */
export abstract class ReadOnlyRepository<Entity extends ObjectLiteral> extends Repository<Entity> {
  override save(): Promise<never> {
    return this.refuse();
  }

  override remove(): Promise<never> {
    return this.refuse();
  }

  override softRemove(): Promise<never> {
    return this.refuse();
  }

  override recover(): Promise<never> {
    return this.refuse();
  }

  override insert(): Promise<never> {
    return this.refuse();
  }

  override update(): Promise<never> {
    return this.refuse();
  }

  override updateAll(): Promise<never> {
    return this.refuse();
  }

  override upsert(): Promise<never> {
    return this.refuse();
  }

  override delete(): Promise<never> {
    return this.refuse();
  }

  override deleteAll(): Promise<never> {
    return this.refuse();
  }

  override softDelete(): Promise<never> {
    return this.refuse();
  }

  override restore(): Promise<never> {
    return this.refuse();
  }

  override increment(): Promise<never> {
    return this.refuse();
  }

  override decrement(): Promise<never> {
    return this.refuse();
  }

  override clear(): Promise<never> {
    return this.refuse();
  }

  private async refuse(): Promise<never> {
    throw new SagaReadOnlyError(this.metadata.tablePath);
  }
}

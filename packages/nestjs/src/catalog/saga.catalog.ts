import { Injectable } from '@nestjs/common';
import { InvalidArgumentError, SagaNotFoundError, SagaNotRegisteredError } from '@nest-saga/core';
import { diagramKinds, drawSaga, executionDiagram } from '@nest-saga/core/diagrams';
import { checkSagaId, readOutline } from '@nest-saga/core/engine';
import type { SagaDefinition } from '@nest-saga/core';
import type { DiagramKind } from '@nest-saga/core/diagrams';
import { SagaDefinitions } from '../discovery/saga-definitions.js';
import { SagaRuntime } from '../runtime/saga.runtime.js';
import { toRegisteredSaga } from './registered-saga.js';
import type { RegisteredSaga } from './registered-saga.js';

/** Which saga to draw, and how. */
export interface DiagramRequest {
  /** @default the newest version */
  readonly version?: number;
  /** @default 'sequence' */
  readonly kind?: DiagramKind;
}

/**
 * The sagas that this application can run: their steps, and pictures of them as [Mermaid](https://mermaid.js.org) text,
 * for a page or a route of your own.
 *
 * @example
 * ```ts
 * @Controller('sagas')
 * export class SagaPagesController {
 *   constructor(private readonly catalog: SagaCatalog) {}
 *
 *   @Get()
 *   list() {
 *     return this.catalog.list();
 *   }
 *
 *   @Get(':saga/diagram')
 *   draw(@Param('saga') saga: string) {
 *     return this.catalog.draw(saga);
 *   }
 * }
 * ```
 */
@Injectable()
export class SagaCatalog {
  constructor(
    private readonly definitions: SagaDefinitions,
    private readonly runtime: SagaRuntime,
  ) {}

  /**
   * All registered sagas in all versions.
   *
   * @throws SagaModuleNotInitializedError if the module is not initialized yet.
   */
  list(): readonly RegisteredSaga[] {
    return this.definitions.defined.map(toRegisteredSaga);
  }

  /**
   * Draws a saga as Mermaid text.
   *
   * @throws SagaModuleNotInitializedError if the module is not initialized yet.
   * @throws SagaNotRegisteredError if no saga has that name and version.
   * @throws InvalidArgumentError if there is no such kind of diagram.
   */
  draw(saga: string, { version, kind = 'sequence' }: DiagramRequest = {}): string {
    if (!diagramKinds.includes(kind))
      throw new InvalidArgumentError('kind', `it is one of ${diagramKinds.join(', ')}`);
    return drawSaga(this.find(saga, version), kind);
  }

  /**
   * Draws one execution as Mermaid text: the steps so far and the steps to come. The text contains the messages of
   * errors.
   *
   * @throws SagaModuleNotInitializedError if the application is not initialized yet.
   * @throws InvalidArgumentError if the id is not a UUID.
   * @throws SagaNotFoundError if no saga has that id.
   */
  async drawExecution(sagaId: string): Promise<string> {
    const id = checkSagaId(sagaId);
    return this.runtime.use(async ({ storage, registry }) => {
      const outline = await readOutline(storage, id);
      if (outline === undefined) throw new SagaNotFoundError(id);
      const { header, entries } = outline;
      return executionDiagram(header, entries, registry.find(header.saga, header.version));
    });
  }

  private find(saga: string, version: number | undefined): SagaDefinition {
    const named = this.definitions.defined.filter(({ name }) => name === saga);
    const found =
      version === undefined
        ? named.toSorted((one, other) => other.version - one.version)[0]
        : named.find((one) => one.version === version);
    if (found !== undefined) return found;
    throw new SagaNotRegisteredError(
      version === undefined ? `the name "${saga}"` : `"${saga}" version ${version}`,
      this.definitions.defined.map((one) => `${one.name} version ${one.version}`),
      'Name one of those',
    );
  }
}

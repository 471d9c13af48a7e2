import { Injectable } from '@nestjs/common';
import { SagaEngine } from '@nest-saga/core/engine';
import type { SagaEngineOptions } from '@nest-saga/core/engine';

/** The engine as the module uses it. Its parts are read at each use. */
export type HostedEngine = Pick<
  SagaEngine,
  | 'starter'
  | 'reader'
  | 'requests'
  | 'approvals'
  | 'redelivery'
  | 'outgoing'
  | 'inspector'
  | 'purger'
  | 'reversals'
  | 'worker'
  | 'watch'
  | 'registry'
  | 'storage'
  | 'open'
  | 'close'
>;

/** Makes the engine of an application. The tests of an application replace this provider: their engine can crash. */
@Injectable()
export class SagaEngines {
  make(options: SagaEngineOptions): HostedEngine {
    return new SagaEngine(options);
  }
}

import { Inject, Injectable, Logger } from '@nestjs/common';
import type {
  StopReason,
  SagaFailure,
  SagaLifecycleEvent,
  SagaListener,
  SagaReference,
  SagaStepResult,
  SagaStuck,
  WorkerEvent,
} from '@nest-saga/core';
import { SystemClock } from '../node/system-clock.js';
import { MODULE_OPTIONS_TOKEN } from '../saga.module-definition.js';
import type { SagaModuleOptions } from '../options/saga-module-options.js';
import { TracedLogger } from '../telemetry/traced-logger.js';
import { describeError } from './describe-error.js';
import { RepeatedTrouble } from './repeated-trouble.js';

/**
 * Writes the events of the sagas of this process to Nest's Logger: the saga, its id, the step and the attempt, never a
 * context, a response or a stack. Successes are `debug`, problems that need no operator are `warn`, and those that do
 * are `error`.
 */
@Injectable()
export class SagaLogger implements SagaListener {
  private readonly logger: TracedLogger;
  private readonly repeated: RepeatedTrouble;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: SagaModuleOptions | null | undefined,
    clock: SystemClock,
  ) {
    // A factory may have returned undefined: the check of the options reports it later.
    this.logger = new TracedLogger('Saga', options?.telemetry);
    this.repeated = new RepeatedTrouble(clock);
  }

  onSagaEvent(event: SagaLifecycleEvent): void {
    switch (event.type) {
      case 'started':
        return this.debug(() => `${name(event)} ${event.isQueued ? 'queued' : 'started'}`);
      case 'claimed':
        if (!event.isRecovery) return this.debug(() => `${name(event)} claimed from the queue`);
        return this.logger.log(`${name(event)} recovered (recovery ${event.recoveries} without progress)`);
      case 'step':
        return this.onStep(event, event.result);
      case 'completed':
        return this.debug(() => `${name(event)} completed`);
      case 'overdue':
        return this.logger.error(`${name(event)} is overdue and is not undone: ${describeOverdue(event)}`);
      case 'compensating':
        return this.logger.warn(`${name(event)} is being undone: ${describeFailure(event.failure)}`);
      case 'failed':
        return this.logger.warn(`${name(event)} failed and was undone: ${describeFailure(event.failure)}`);
      case 'stuck':
        return this.logger.error(
          `${name(event)} is stuck and needs an operator: ${describeStuck(event.stuck)}`,
        );
      case 'stopped':
        return this.onStopped(event, event.reason);
      case 'context-large':
        return this.logger.warn(
          `${name(event)} has a context of ${event.bytes} bytes; store references instead`,
        );
      case 'delivery-failed':
        return this.onDeliveryFailed(event);
      case 'emitted':
    }
  }

  onWorkerEvent(event: WorkerEvent): void {
    switch (event.type) {
      case 'lease-acquired':
        return this.logger.debug(`Running sagas as worker ${event.worker}`);
      case 'lease-lost':
        return this.logger.error(
          `Worker ${event.worker} could not renew its lease: it stopped its sagas, and other workers claim them`,
        );
      case 'renewal-failed':
        return this.trouble('warn', 'renewal', `The lease was not renewed: ${describeError(event.error)}`);
      case 'sweep-failed':
        return this.trouble('error', 'sweep', `The recovery sweep failed: ${describeError(event.error)}`);
      case 'storage-failed':
        return this.onStorageFailed(event.operation, event.sagaId, event.error);
      case 'message-refused':
        return this.logger.error(
          `Saga ${event.sagaId} did not take a message ("${event.kind}"), which was deleted: ${describeError(event.error)}`,
        );
      case 'message-failed':
        return this.onMessageFailed(event);
      case 'sink-failed':
        return this.trouble(
          'warn',
          `sink ${event.sinks[0] ?? ''}`,
          `${describeSinks(event)} wait: ${describeError(event.error)}`,
        );
      case 'circuit':
        return this.onCircuit(event);
      case 'swept':
    }
  }

  onListenerError(error: unknown, event: SagaLifecycleEvent | WorkerEvent): void {
    const line = `A listener threw at "${event.type}"`;
    if ('saga' in event && 'sagaId' in event)
      this.logger.error(`${line} of ${name(event)}: ${describeError(error)}`);
    else this.trouble('error', line, `${line}: ${describeError(error)}`);
  }

  private onMessageFailed(event: Extract<WorkerEvent, { readonly type: 'message-failed' }>): void {
    const { sagaId, seq, sink, attempts, parked, error } = event;
    const line = `The message of entry ${seq} of saga ${sagaId} was not delivered to "${sink}" at attempt ${attempts}: ${describeError(error)}`;
    if (parked) this.logger.error(`${line}. It waits for a person: redeliver() or discard() it`);
    else this.trouble('warn', `message to ${sink}`, line);
  }

  private onCircuit({
    saga,
    version,
    step,
    state,
  }: Extract<WorkerEvent, { readonly type: 'circuit' }>): void {
    const circuit = `The circuit of step "${step}" of saga "${saga}" version ${version}`;
    if (state === 'open') this.logger.warn(`${circuit} opened`);
    else this.logger.log(`${circuit} is ${state}`);
  }

  private onStep(
    saga: SagaReference,
    { step, action, attempt, status, error, willRetry }: SagaStepResult,
  ): void {
    const what = () => `${name(saga)} step "${step}" ${action} attempt ${attempt}`;
    if (status === 'completed') return this.debug(() => `${what()} completed`);
    const reason =
      error === undefined
        ? ''
        : `: ${withCode(error.name, error.code)}: ${error.message}${becauseOf(error.cause?.name, error.cause)}`;
    this.logger.warn(`${what()} failed${reason}${willRetry ? ' (it will be tried again)' : ''}`);
  }

  private onDeliveryFailed(event: Extract<SagaLifecycleEvent, { readonly type: 'delivery-failed' }>): void {
    const { handler, seq, index, error } = event;
    const why = `${withCode(error.name, error.code)}: ${error.message}`;
    this.logger.error(
      `${name(event)} continues without ${handler}, which did not handle event ${index + 1} of entry ${seq}: ${why}`,
    );
  }

  private onStopped(saga: SagaReference, reason: StopReason): void {
    const line = `${name(saga)} was stopped here: ${stopReasons[reason]}`;
    if (reason === 'parked') this.debug(() => line);
    else if (reason === 'shutdown') this.logger.log(line);
    else this.logger.warn(line);
  }

  private onStorageFailed(operation: string, sagaId: string | undefined, error: unknown): void {
    const which = sagaId === undefined ? '' : ` for saga ${sagaId}`;
    this.trouble(
      'warn',
      `storage ${operation}`,
      `The storage failed at "${operation}"${which}: ${describeError(error)}`,
    );
  }

  private trouble(level: 'warn' | 'error', kind: string, line: string): void {
    const more = this.repeated.countOmitted(kind);
    if (more !== undefined) this.logger[level](line + more);
  }

  // Most lines are about sagas that succeed, so they are only built if the log shows them.
  private debug(line: () => string): void {
    if (Logger.isLevelEnabled('debug')) this.logger.debug(line());
  }
}

const stopReasons: Readonly<Record<StopReason, string>> = {
  fenced: 'another worker claimed it, so this one wrote and started nothing more',
  parked: 'it waits for its next attempt and needs no process until then',
  'lease-lost': 'this worker could not renew its lease',
  shutdown: 'this process is shutting down',
  trouble: 'it could not be run here; it will be tried again later',
};

function describeSinks({ sinks }: Extract<WorkerEvent, { readonly type: 'sink-failed' }>): string {
  return `The messages to ${sinks.map((sink) => `"${sink}"`).join(', ')}`;
}

function name({ saga, sagaId }: SagaReference): string {
  return `${saga} ${sagaId}`;
}

function describeOverdue({
  step,
  attempt,
}: Extract<SagaLifecycleEvent, { readonly type: 'overdue' }>): string {
  if (step === undefined) return 'it passed its deadline after its pivot';
  return `step "${step}" failed at attempt ${attempt} and will be tried again`;
}

function describeFailure(failure: SagaFailure | undefined): string {
  if (failure === undefined) return 'for an unknown reason';
  if (failure.reason === 'cancelled') return `cancelled (${failure.message})`;
  if (failure.reason === 'deadline') return failure.message;
  const at = failure.step === undefined ? '' : `step "${failure.step}": `;
  const because = becauseOf(failure.cause?.errorName, failure.cause);
  return `${at}${withCode(failure.errorName, failure.code)}: ${failure.message}${because}`;
}

function describeStuck(stuck: SagaStuck | undefined): string {
  if (stuck === undefined) return 'for an unknown reason';
  const at = stuck.step === undefined ? '' : ` at step "${stuck.step}"`;
  return `${stuck.reason}${at}: ${stuck.message}${becauseOf(stuck.cause?.errorName, stuck.cause)}`;
}

function becauseOf(
  errorName: string | undefined,
  cause: { readonly message: string; readonly code?: string } | undefined,
): string {
  if (errorName === undefined || cause === undefined) return '';
  return ` (caused by ${withCode(errorName, cause.code)}: ${cause.message})`;
}

function withCode(errorName: string, code: string | undefined): string {
  return code === undefined ? errorName : `${errorName} ${code}`;
}

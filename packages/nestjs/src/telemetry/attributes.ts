/** The names of the attributes of spans and metrics. The id of a saga is only on spans, never on a metric. */
export const SagaAttribute = {
  Name: 'saga.name',
  Version: 'saga.version',
  Id: 'saga.id',
  Status: 'saga.status',
  WaitingFor: 'saga.waiting_for',
  Step: 'saga.step',
  Action: 'saga.action',
  Attempt: 'saga.attempt',
  Outcome: 'saga.outcome',
  Reason: 'saga.reason',
  Recovery: 'saga.recovery',
  StopReason: 'saga.stop.reason',
  Sink: 'saga.sink',
  ErrorType: 'error.type',
} as const;

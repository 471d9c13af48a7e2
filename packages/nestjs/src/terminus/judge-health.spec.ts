import { describe, expect, it } from '@jest/globals';
import { judgeHealth } from './judge-health.js';
import type { SagaVitals, WorkerVitals } from './judge-health.js';

const limits = { maximumOpenAgeMs: 1_000, maximumLagMs: 1_000, expectsEverySaga: true };
const summary = {
  pending: 1,
  running: 2,
  compensating: 3,
  waiting: 2,
  waitingFor: { signal: 1, approval: 1 },
  stuck: 0,
  oldestOpenAgeMs: 999.6,
  open: [{ saga: 'secret-name', version: 1, count: 6 }],
};
const worker: WorkerVitals = {
  isFenced: false,
  heartbeatAgeMs: 20_000,
  heartbeatLimitMs: 20_000,
  sweep: { ageMs: 12_000, limitMs: 12_000 },
};
const healthy: SagaVitals = { worker, storage: { kind: 'up', summary, unregistered: 0 } };

describe('judgeHealth', () => {
  it('is up, with counts and ages, if there is no problem', () => {
    expect(judgeHealth(healthy, limits)).toEqual({
      status: 'up',
      details: {
        pending: 1,
        running: 2,
        compensating: 3,
        waiting: 2,
        waitingFor: { signal: 1, approval: 1 },
        stuck: 0,
        unregistered: 0,
        oldestOpenAgeMs: 1_000,
        heartbeatAgeMs: 20_000,
        sweepAgeMs: 12_000,
      },
    });
  });

  it.each<[number, string]>([
    [1, '1 saga is overdue: a step that is not undone fails again and again'],
    [2, '2 sagas are overdue: a step that is not undone fails again and again'],
  ])('is degraded while %i sagas past their pivot are overdue', (overdue, problem) => {
    const late = { ...summary, waitingFor: { overdue } };
    const storage = { kind: 'up', summary: late, unregistered: 0 } as const;
    expect(judgeHealth({ worker, storage }, limits)).toMatchObject({
      status: 'degraded',
      details: { problems: [problem], waitingFor: { overdue } },
    });
  });

  it.each<[string, { parked: number; lagMs: number }, string]>([
    ['a message is parked', { parked: 1, lagMs: 0 }, '1 message was refused and waits for an operator'],
    ['messages are parked', { parked: 2, lagMs: 0 }, '2 messages were refused and wait for an operator'],
    [
      'a sink lags',
      { parked: 0, lagMs: 1_001 },
      'messages wait longer for their sink than they should ever do',
    ],
  ])('is degraded while %s', (_what, found, problem) => {
    const sinks = [
      { sink: 'secret-broker', undelivered: 3, ...found },
      { sink: 'on:mail', undelivered: 1, parked: 0, lagMs: 0 },
    ];
    const storage = { kind: 'up', summary, unregistered: 0, sinks } as const;
    const { status, details } = judgeHealth({ worker, storage }, limits);
    expect(status).toBe('degraded');
    expect(details).toMatchObject({ problems: [problem], messages: { undelivered: 4, ...found } });
    expect(JSON.stringify(details)).not.toContain('secret');
  });

  it.each([
    ['listening', true],
    ['lost', false],
  ])('says that hints are %s, and is still up: polling continues', (hints, isListening) => {
    const storage = { kind: 'up', summary, unregistered: 0, isListening } as const;
    expect(judgeHealth({ worker, storage }, limits)).toMatchObject({ status: 'up', details: { hints } });
  });

  it.each<[string, Partial<WorkerVitals>, string]>([
    ['the worker is fenced', { isFenced: true }, 'this worker has no valid lease: it runs no saga'],
    [
      'the heartbeat is late',
      { heartbeatAgeMs: 20_001 },
      'the heartbeat has not succeeded for two intervals',
    ],
    [
      'there never was a heartbeat',
      { heartbeatAgeMs: undefined },
      'the heartbeat has not succeeded for two intervals',
    ],
    [
      'the sweep is late',
      { sweep: { ageMs: 12_001, limitMs: 12_000 } },
      'the recovery sweep has not succeeded for two intervals',
    ],
  ])('is down where %s', (_, change, problem) => {
    const health = judgeHealth({ ...healthy, worker: { ...worker, ...change } }, limits);
    expect(health).toMatchObject({ status: 'down', details: { problems: [problem] } });
  });

  it('is down if the storage is, and still shows the ages of the worker', () => {
    const storage = { kind: 'down', problem: 'gone' } as const;
    expect(judgeHealth({ worker, storage }, limits)).toEqual({
      status: 'down',
      details: { problems: ['gone'], heartbeatAgeMs: 20_000, sweepAgeMs: 12_000 },
    });
  });

  it('is down if the storage can be read and not written, still with its counts', () => {
    const storage = { kind: 'up', summary, unregistered: 0, problem: 'writes wait' } as const;
    expect(judgeHealth({ worker, storage }, limits)).toMatchObject({
      status: 'down',
      details: { problems: ['writes wait'], pending: 1 },
    });
  });

  it.each<[string, SagaVitals['storage'], string]>([
    [
      'a saga is stuck',
      { kind: 'up', summary: { ...summary, stuck: 1 }, unregistered: 0 },
      '1 saga is stuck and waits for an operator',
    ],
    [
      'the oldest open saga is too old',
      { kind: 'up', summary: { ...summary, oldestOpenAgeMs: 1_001 }, unregistered: 0 },
      'the oldest open saga is older than it should ever be',
    ],
    [
      'open sagas are not registered',
      { kind: 'up', summary, unregistered: 6 },
      '6 open sagas are of a name or version that is not registered here',
    ],
  ])('is degraded where %s', (_, storage, problem) => {
    expect(judgeHealth({ worker, storage }, limits)).toMatchObject({
      status: 'degraded',
      details: { problems: [problem] },
    });
  });

  it('is up with sagas that are not registered here, if they are not expected to be', () => {
    const storage = { kind: 'up', summary, unregistered: 6 } as const;
    expect(judgeHealth({ worker, storage }, { ...limits, expectsEverySaga: false }).status).toBe('up');
  });

  it('is down rather than degraded where both are true, and lists both', () => {
    const storage = { kind: 'up', summary: { ...summary, stuck: 2 }, unregistered: 0 } as const;
    const health = judgeHealth({ worker: { ...worker, isFenced: true }, storage }, limits);
    expect(health.status).toBe('down');
    expect(health.details['problems']).toHaveLength(2);
  });

  it('asks nothing of a worker in a process that runs no sagas', () => {
    expect(judgeHealth({ ...healthy, worker: undefined }, limits).status).toBe('up');
  });

  it('never shows the name of a saga', () => {
    const storage = { kind: 'up', summary, unregistered: 6 } as const;
    expect(JSON.stringify(judgeHealth({ worker, storage }, limits))).not.toContain('secret-name');
  });
});

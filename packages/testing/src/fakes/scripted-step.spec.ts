import { defineSaga, fallback } from '@nest-saga/core';
import type { StepRun } from '@nest-saga/core';
import { ScriptedStep } from './scripted-step.js';
import { scriptedSaga } from './scripted-saga.js';
import { StepGate } from './step-gate.js';
import { answers, changes, failing } from './step-script.js';

function runOf(attempt: number, signal = new AbortController().signal, step = 'charge'): StepRun {
  const names = { sagaId: 's-1', step, idempotencyKey: 's-1:charge:act', fencingToken: 1 };
  const ofUndo = { outcome: undefined, actIdempotencyKey: undefined, response: undefined };
  return { ...names, ...ofUndo, attempt, signal, emit: () => undefined };
}

describe('ScriptedStep', () => {
  it('goes through its script attempt by attempt and stays at the last one', () => {
    const step = new ScriptedStep('charge', {
      act: [...failing(2, new Error('busy')), answers({ charge: 'c-1' })],
    });
    expect(() => step.act({}, runOf(1))).toThrow('busy');
    expect(() => step.act({}, runOf(2))).toThrow('busy');
    expect(step.act({}, runOf(3))).toEqual({ charge: 'c-1' });
    expect(step.act({}, runOf(4))).toEqual({ charge: 'c-1' });
  });

  it('remembers each call with a copy of the context as it got it', () => {
    const step = new ScriptedStep('charge', {
      act: [changes((context) => void (context['total'] = 2))],
    });
    step.act({ total: 1 }, runOf(1));
    expect(step.calls).toEqual([
      {
        action: 'act',
        context: { total: 1 },
        sagaId: 's-1',
        step: 'charge',
        attempt: 1,
        idempotencyKey: 's-1:charge:act',
        fencingToken: 1,
        outcome: undefined,
        response: undefined,
      },
    ]);
  });

  it('takes a new script in the middle', async () => {
    const step = new ScriptedStep('charge', { compensate: failing(1, new Error('down')) });
    await expect(step.compensate({}, runOf(1))).rejects.toThrow('down');
    step.rescript({ compensate: [answers()] });
    await expect(step.compensate({}, runOf(2))).resolves.toBeUndefined();
    expect(step.compensateCalls).toHaveLength(2);
  });

  it('is a declaration that a saga and a fallback take as it is, with every call in one list', async () => {
    const [reserve, card, invoice] = ['reserve', 'card', 'invoice'].map((id) => new ScriptedStep(id));
    if (reserve === undefined || card === undefined || invoice === undefined) throw new Error('unreachable');
    const saga = scriptedSaga('order', [reserve, fallback(card, invoice)]);
    expect(defineSaga(saga).stages.map(({ kind }) => kind)).toEqual(['step', 'fallback']);
    const { signal } = new AbortController();
    reserve.act({}, runOf(1, signal, 'reserve'));
    invoice.act({}, runOf(2, signal, 'invoice'));
    await reserve.compensate({}, runOf(1, signal, 'reserve'));
    expect(saga.calls).toEqual(['act reserve', 'act invoice #2', 'compensate reserve']);
  });
});

describe('StepGate', () => {
  it('holds an attempt until it is opened', async () => {
    const gate = new StepGate();
    const held = gate.waits()({}, runOf(1));
    expect(gate.held).toBe(1);
    gate.open('late');
    await expect(held).resolves.toBe('late');
    expect(gate.held).toBe(0);
  });

  it('ends an attempt with the reason of its signal, and shows the reason', async () => {
    const [gate, controller] = [new StepGate(), new AbortController()];
    const held = gate.waits()({}, runOf(1, controller.signal));
    const reason = new Error('told to stop');
    controller.abort(reason);
    await expect(held).rejects.toBe(reason);
    expect(gate.abortReasons).toEqual([reason]);
  });

  it('holds a deaf attempt although its signal fires', async () => {
    const [gate, controller] = [new StepGate(), new AbortController()];
    const held = gate.waitsDeaf()({}, runOf(1, controller.signal));
    controller.abort(new Error('told to stop'));
    expect(gate.held).toBe(1);
    gate.break(new Error('by itself'));
    await expect(held).rejects.toThrow('by itself');
  });
});

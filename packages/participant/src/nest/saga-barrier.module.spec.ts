import { SagaBarrierModule } from './saga-barrier.module.js';

describe('SagaBarrierModule.forFeature()', () => {
  it.each<[string, object, string]>([
    ['is misspelt', { shema: 'x' }, 'shema is not an option of the barrier'],
    ['is not a way to create the table', { migrations: 'Auto' }, 'migrations of the barrier is "Auto"'],
    [
      'is not an isolation level',
      { isolationLevel: 'x; DROP' },
      'isolationLevel of the barrier is "x; DROP"',
    ],
    ['is not a name of a schema', { schema: 'a"b' }, 'schema of the barrier is "a\\"b"'],
  ])('refuses an option that %s', (_title, options, problem) => {
    expect(() => SagaBarrierModule.forFeature(options)).toThrow(problem);
  });
});

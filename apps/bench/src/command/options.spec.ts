import { benchParts, parseOptions, usage } from './options.js';

test('without options everything runs in full', () => {
  expect(parseOptions([])).toEqual({
    isShort: false,
    isGuard: false,
    only: undefined,
    rounds: undefined,
    finished: undefined,
    quietTimeout: undefined,
    output: undefined,
    report: undefined,
  });
});

test('parts and numbers can be chosen', () => {
  expect(parseOptions(['--short', '--only=memory,queue', '--rounds=2', '--finished=1000'])).toMatchObject({
    isShort: true,
    only: ['memory', 'queue'],
    rounds: 2,
    finished: 1_000,
  });
});

test('the usage shows every part and every option', () => {
  for (const part of benchParts) expect(usage()).toContain(part);
  for (const option of ['short', 'guard', 'only', 'rounds', 'finished', 'quiet-timeout', 'output', 'report'])
    expect(usage()).toContain(`--${option}`);
});

test('a part or an option that does not exist is refused, with those that do', () => {
  expect(() => parseOptions(['--only=everything'])).toThrow('use comparison, shapes');
  expect(() => parseOptions(['--quick'])).toThrow('--quick');
  expect(() => parseOptions(['--rounds=0'])).toThrow('--rounds');
});

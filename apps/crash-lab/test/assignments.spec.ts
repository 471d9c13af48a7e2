import { Assignments } from '../src/lab/assignments.js';

describe('the assignments of a lab process', () => {
  it('are of nobody before a start or a claim', () => {
    expect(new Assignments().workerOf('a', 1)).toBe('nobody');
  });

  it('tell a run that goes back to before a claim from the one that follows it, in whichever order they are known', () => {
    const assignments = new Assignments();
    assignments.given('a', 4, 'second');
    assignments.given('a', 0, 'first');
    assignments.given('b', 0, 'third');
    expect([1, 4, 5, 9].map((token) => assignments.workerOf('a', token))).toEqual([
      'first',
      'first',
      'second',
      'second',
    ]);
  });
});

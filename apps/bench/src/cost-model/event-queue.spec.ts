import { EventQueue } from './event-queue.js';

test('things happen in the order of their times, and those of one time in the order of planning', () => {
  const queue = new EventQueue();
  const happened: string[] = [];
  for (const [delay, name] of [
    [5, 'e'],
    [1, 'a'],
    [3, 'c'],
    [3, 'd'],
    [2, 'b'],
    [9, 'never'],
  ] as const)
    queue.after(delay, () => happened.push(name));
  queue.runUntil(8);
  expect(happened).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(queue.now).toBe(5);
});

test('what is planned by something that happens counts from that time', () => {
  const queue = new EventQueue();
  const times: number[] = [];
  const again = () => {
    times.push(queue.now);
    queue.after(2, again);
  };
  queue.after(1, again);
  queue.runUntil(6);
  expect(times).toEqual([1, 3, 5]);
});

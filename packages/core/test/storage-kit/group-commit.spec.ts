import type { GroupCommit, Write } from '@nest-saga/core/storage-kit';
import { appendTo, failure, HeldDatabase, openCommits, startOf, turn } from './held-database.js';
import type { limits } from './held-database.js';

describe('GroupCommit', () => {
  let database: HeldDatabase;
  let commits: GroupCommit;

  const open = (given: Partial<typeof limits> = {}): void => {
    database = new HeldDatabase();
    commits = openCommits(database, given);
  };
  beforeEach(() => open());

  it('writes at once what is asked for at one moment, in one statement', async () => {
    const answers = [
      commits.submit(startOf('a')),
      commits.submit(appendTo('b')),
      commits.submit(appendTo('c')),
    ];
    await turn();
    await database.answer();
    expect(database.groups).toEqual([['a', 'b', 'c']]);
    expect(await Promise.all(answers)).toEqual([true, true, true]);
  });

  it('gathers while a statement is in flight', async () => {
    const first = commits.submit(appendTo('a'));
    await turn();
    const others = ['b', 'c', 'd'].map((id) => commits.submit(appendTo(id)));
    await turn();
    expect(database.groups).toEqual([['a']]);
    await database.answer();
    expect(database.groups).toEqual([['a'], ['b', 'c', 'd']]);
    await database.answer();
    expect(await Promise.all([first, ...others])).toEqual([true, true, true, true]);
  });

  it('has as many statements in flight as it may', async () => {
    open({ maximumInFlight: 2 });
    const answers: Promise<boolean>[] = [];
    for (const id of ['a', 'b', 'c']) {
      answers.push(commits.submit(appendTo(id)));
      await turn();
    }
    expect(database.groups).toEqual([['a'], ['b']]);
    for (let times = 0; times < 3; times++) await database.answer();
    expect(await Promise.all(answers)).toEqual([true, true, true]);
  });

  it('shares many writes among the statements that may be sent, so that one is written while another continues', async () => {
    open({ maximumInFlight: 2, minimumSplitRows: 2 });
    const answers = ['a', 'b', 'c', 'd', 'e'].map((id) => commits.submit(appendTo(id)));
    await turn();
    expect(database.groups).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    for (let times = 0; times < 2; times++) await database.answer();
    expect(await Promise.all(answers)).toEqual([true, true, true, true, true]);
  });

  it('does not split a few writes', async () => {
    open({ maximumInFlight: 2, minimumSplitRows: 3 });
    const answers = ['a', 'b', 'c'].map((id) => commits.submit(appendTo(id)));
    await turn();
    await database.answer();
    await Promise.all(answers);
    expect(database.groups).toEqual([['a', 'b', 'c']]);
  });

  it('distinguishes a row that was not written from the ones that were', async () => {
    const answers = [commits.submit(appendTo('a')), commits.submit(appendTo('b'))];
    await turn();
    await database.answer(['a']);
    expect(await Promise.all(answers)).toEqual([false, true]);
  });

  it('never has two writes of one saga in one statement or side by side, and keeps their order', async () => {
    open({ maximumInFlight: 2 });
    const order: string[] = [];
    const submit = async (write: Write, name: string): Promise<void> => {
      await commits.submit(write);
      order.push(name);
    };
    const answers = [
      submit(startOf('a'), 'start'),
      submit(appendTo('a'), 'append'),
      submit(appendTo('b'), 'other'),
    ];
    await turn();
    expect(database.groups).toEqual([['a', 'b']]);
    await database.answer();
    expect(database.groups).toEqual([['a', 'b'], ['a']]);
    await database.answer();
    await Promise.all(answers);
    expect(order).toEqual(['start', 'other', 'append']);
  });

  it('puts no more rows and no more text into a statement than it may', async () => {
    open({ maximumRows: 2, maximumCharacters: 10 });
    const answers = [
      ...['a', 'b', 'c'].map((id) => commits.submit(appendTo(id))),
      commits.submit(startOf('large', '"0123456789"')),
      commits.submit(appendTo('d')),
    ];
    await turn();
    for (let times = 0; times < 3; times++) await database.answer();
    await Promise.all(answers);
    expect(database.groups).toEqual([['a', 'b'], ['large', 'c'], ['d']]);
  });

  it('tries each row of a refused statement by itself, so that one saga does not fail its neighbours', async () => {
    const answers = ['a', 'bad', 'c'].map((id) => commits.submit(appendTo(id)));
    const settled = Promise.allSettled(answers);
    await turn();
    await database.fail(failure('split', 'refused'));
    await database.answer();
    await database.fail(failure('split', 'refused'));
    await database.answer();
    expect(database.groups).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(answers[1]).rejects.toMatchObject({ operation: 'append', outcome: 'refused' });
  });

  it('tries each row separately if the values of one cannot even be sent', async () => {
    const answers = ['a', 'bad', 'c'].map((id) => commits.submit(appendTo(id)));
    const settled = Promise.allSettled(answers);
    await turn();
    await database.fail(new RangeError('Invalid time value'));
    await database.answer();
    await database.fail(new RangeError('Invalid time value'));
    await database.answer();
    expect(database.groups).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
    expect(await settled).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { operation: 'append', outcome: 'refused' } },
      { status: 'fulfilled' },
    ]);
  });

  it('tries no further row separately once the connection is lost: no caller waits for it row by row', async () => {
    const answers = ['a', 'b', 'c', 'd'].map((id) => commits.submit(appendTo(id)));
    const settled = Promise.allSettled(answers);
    const drained = commits.drained();
    await turn();
    await database.fail(failure('split', 'refused'));
    await database.answer();
    await database.fail(failure('fail', 'unknown'));
    expect(database.groups).toEqual([['a', 'b', 'c', 'd'], ['a'], ['b']]);
    expect(await settled).toMatchObject([
      { status: 'fulfilled', value: true },
      { status: 'rejected', reason: { operation: 'append', outcome: 'unknown' } },
      // Their statement was refused as a whole, and none of them was sent again.
      { status: 'rejected', reason: { operation: 'append', outcome: 'not-written' } },
      { status: 'rejected', reason: { operation: 'append', outcome: 'not-written' } },
    ]);
    await drained;
  });

  it('continues with the other rows if one of a refused statement hangs', async () => {
    const answers = ['a', 'b', 'c'].map((id) => commits.submit(appendTo(id)));
    const settled = Promise.allSettled(answers);
    await turn();
    await database.fail(failure('split'));
    await database.fail(failure('hung', 'unknown'));
    await database.answer();
    await database.answer();
    expect(database.groups).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('fails the whole group with a lost connection: it is known of none whether it was written', async () => {
    const answers = ['a', 'b'].map((id) => commits.submit(startOf(id)));
    const settled = Promise.allSettled(answers);
    await turn();
    await database.fail(failure('fail', 'unknown'));
    expect(database.groups).toHaveLength(1);
    expect(await settled).toMatchObject([
      { status: 'rejected', reason: { operation: 'start', outcome: 'unknown' } },
      { status: 'rejected', reason: { operation: 'start', outcome: 'unknown' } },
    ]);
  });

  it('lets the sagas of a statement that hung travel alone until they are written', async () => {
    const submit = (ids: readonly string[]) =>
      Promise.allSettled(ids.map((id) => commits.submit(appendTo(id))));
    const hung = submit(['a', 'b']);
    await turn();
    await database.fail(failure('hung', 'unknown'));
    await hung;
    const again = submit(['a', 'b', 'c']);
    await turn();
    for (let times = 0; times < 3; times++) await database.answer();
    await again;
    const after = submit(['a', 'b', 'c']);
    await turn();
    await database.answer();
    await after;
    expect(database.groups).toEqual([['a', 'b'], ['c'], ['a'], ['b'], ['a', 'b', 'c']]);
  });

  it('lets the sagas of a statement that hung travel together again once the connection is lost', async () => {
    const submit = (ids: readonly string[]) =>
      Promise.allSettled(ids.map((id) => commits.submit(appendTo(id))));
    const hung = submit(['a', 'b', 'c', 'd']);
    await turn();
    await database.fail(failure('hung', 'unknown'));
    await hung;
    const again = submit(['a', 'b', 'c', 'd']);
    await turn();
    await database.answer();
    await database.fail(failure('fail'));
    await database.fail(failure('fail'));
    expect(database.groups).toEqual([['a', 'b', 'c', 'd'], ['a'], ['b'], ['c', 'd']]);
    expect((await again).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
  });

  it('is drained once everything that waited was answered', async () => {
    await commits.drained();
    let isDrained = false;
    const answer = commits.submit(appendTo('a'));
    const draining = commits.drained().then(() => (isDrained = true));
    await turn();
    expect(isDrained).toBe(false);
    await database.answer();
    await draining;
    expect(await answer).toBe(true);
  });
});

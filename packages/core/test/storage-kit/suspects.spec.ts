import type { GroupCommit } from '@nest-saga/core/storage-kit';
import { appendTo, failure, HeldDatabase, openCommits, turn } from './held-database.js';

const locked = failure('split');

describe('a saga whose row another transaction holds', () => {
  let database: HeldDatabase;
  let commits: GroupCommit;

  const open = (maximumInFlight: number): void => {
    database = new HeldDatabase();
    commits = openCommits(database, { maximumInFlight });
  };
  const submit = (...ids: readonly string[]) =>
    Promise.allSettled(ids.map((id) => commits.submit(appendTo(id))));
  /** Makes "held" a suspect. */
  const suspect = async (): Promise<void> => {
    const failed = submit('held');
    await turn();
    await database.fail(locked);
    await failed;
    database.groups.splice(0);
  };

  it('fails alone: those that travelled with it are written', async () => {
    open(1);
    const answers = submit('a', 'held', 'b');
    await turn();
    await database.fail(locked);
    await database.answer();
    await database.fail(locked);
    await database.answer();
    expect(database.groups).toEqual([['a', 'held', 'b'], ['a'], ['held'], ['b']]);
    expect(await answers).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { operation: 'append', outcome: 'not-written' } },
      { status: 'fulfilled' },
    ]);
  });

  it('does not take the only slot before the others', async () => {
    open(1);
    await suspect();
    const answers = submit('held', 'a', 'b');
    await turn();
    expect(database.groups).toEqual([['a', 'b']]);
    await database.answer();
    expect(database.groups).toEqual([['a', 'b'], ['held']]);
    await database.answer();
    await answers;
  });

  it('does not take the last of two slots, but goes in the first', async () => {
    open(2);
    await suspect();
    const answers = submit('a');
    await turn();
    const held = submit('held');
    await turn();
    expect(database.groups).toEqual([['a']]);
    await database.answer();
    expect(database.groups).toEqual([['a'], ['held']]);
    const others = submit('b');
    await turn();
    expect(database.groups).toEqual([['a'], ['held'], ['b']]);
    await database.answer();
    await database.answer();
    await Promise.all([answers, held, others]);
  });

  it.each([1, 2])('still goes after eight groups, with %i slots', async (slots) => {
    open(slots);
    await suspect();
    // So that another write is always in flight or waiting.
    const answers = [submit('first')];
    await turn();
    answers.push(submit('held'));
    for (let group = 1; group <= 12; group++) {
      answers.push(submit(`other-${group}`));
      await turn();
      await database.answer();
    }
    const place = database.groups.findIndex(([first]) => first === 'held');
    expect(place).toBeGreaterThanOrEqual(8);
    expect(place).toBeLessThanOrEqual(10);
    for (let rest = 0; rest < 3; rest++) await database.answer();
    await Promise.all(answers);
  });

  it('travels with the others again once it was written', async () => {
    open(1);
    await suspect();
    const alone = submit('held');
    await turn();
    await database.answer();
    await alone;
    const together = submit('held', 'a');
    await turn();
    await database.answer();
    await together;
    expect(database.groups).toEqual([['held'], ['held', 'a']]);
  });
});

import { PreparedNames } from './prepared-names.js';

const statement = { name: 'find', text: 'SELECT 1' };

describe('PreparedNames', () => {
  it('keeps a name for a while and changes it as the tables grow, a few times in all', () => {
    const names = new PreparedNames(true);
    const used = Array.from({ length: 20_000 }, () => names.nameOf(statement));
    const [first, second] = new Set(used);
    expect(new Set(used).size).toBe(4);
    expect(first).toMatch(/^nest_saga\.find\.[0-9a-f]{12}\.0$/);
    expect(used.indexOf(second)).toBe(100);
  });

  it('gives two statements of one name but another text two names: releases and schemas may share a session', () => {
    const nameOf = (text: string) => new PreparedNames(true).nameOf({ ...statement, text });
    expect(nameOf('SELECT 1')).toBe(nameOf('SELECT 1'));
    expect(nameOf('SELECT 1')).not.toBe(nameOf('SELECT 2'));
  });

  it('fits into what PostgreSQL takes as a name', () => {
    const name = new PreparedNames(true).nameOf({ ...statement, name: 'a_name_of_twenty_chars' });
    expect(name?.length).toBeLessThanOrEqual(63);
  });

  it('changes a name that a connection has lost, and stops if that continues', () => {
    const names = new PreparedNames(true);
    const before = names.nameOf(statement);
    names.lost();
    expect(names.nameOf(statement)).toBe(before?.replace(/0$/, '1'));
    for (let times = 0; times < 10; times++) names.lost();
    expect(names.nameOf(statement)).toBeUndefined();
  });

  it('names nothing where statements are not to be prepared', () => {
    expect(new PreparedNames(false).nameOf(statement)).toBeUndefined();
    expect(new PreparedNames(true).nameOf({ ...statement, name: undefined })).toBeUndefined();
  });
});

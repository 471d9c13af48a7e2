import { PreparedNames } from './prepared-names.js';

const statement = { name: 'find', text: 'SELECT 1' };

describe('PreparedNames', () => {
  it('keeps a name for a while and changes it as the tables grow, a few times in all', () => {
    const names = new PreparedNames('saga', true);
    const used = Array.from({ length: 20_000 }, () => names.nameOf(statement));
    expect([...new Set(used)]).toEqual(['saga.find.0', 'saga.find.1', 'saga.find.2', 'saga.find.3']);
    expect(used.indexOf('saga.find.1')).toBe(100);
  });

  it('fits into what PostgreSQL takes as a name, for the longest schema', () => {
    const name = new PreparedNames('s'.repeat(48), true).nameOf({ ...statement, name: 'claim_one' });
    expect(name?.length).toBeLessThanOrEqual(63);
  });

  it('names nothing where statements are not to be prepared, or cannot be', () => {
    const [never, noMore] = [new PreparedNames('saga', false), new PreparedNames('saga', true)];
    noMore.giveUp();
    expect([never.nameOf(statement), noMore.nameOf(statement)]).toEqual([undefined, undefined]);
    expect(new PreparedNames('saga', true).nameOf({ ...statement, name: undefined })).toBeUndefined();
  });
});

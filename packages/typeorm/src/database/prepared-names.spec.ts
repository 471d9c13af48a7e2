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

  it('changes a name that a connection has lost, and gives up where that goes on', () => {
    const names = new PreparedNames('saga', true);
    names.lost();
    expect(names.nameOf(statement)).toBe('saga.find.1');
    for (let times = 0; times < 10; times++) names.lost();
    expect(names.nameOf(statement)).toBeUndefined();
  });

  it('names nothing where statements are not to be prepared', () => {
    expect(new PreparedNames('saga', false).nameOf(statement)).toBeUndefined();
    expect(new PreparedNames('saga', true).nameOf({ ...statement, name: undefined })).toBeUndefined();
  });
});

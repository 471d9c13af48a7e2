import { parseCommandLine, usage, UsageError } from './command-line.js';

describe('parseCommandLine', () => {
  it('takes the database from the environment and the schema by default', () => {
    expect(parseCommandLine(['migrate'], { DATABASE_URL: 'postgres://one' })).toEqual({
      command: 'migrate',
      schema: 'saga',
      url: 'postgres://one',
      from: 0,
    });
  });

  it('prefers an option to the environment', () => {
    const line = ['status', '--schema', 'other', '--url=postgres://two'];
    expect(parseCommandLine(line, { DATABASE_URL: 'postgres://one' })).toMatchObject({
      command: 'status',
      schema: 'other',
      url: 'postgres://two',
    });
    expect(parseCommandLine(['sql', '--from', '1'], {})).toMatchObject({
      command: 'sql',
      from: 1,
      url: undefined,
    });
  });

  it.each([[[]], [['help']], [['migrate', '--help']]])('helps with %j', (line) => {
    expect(parseCommandLine(line, {}).command).toBe('help');
  });

  it.each([
    [['destroy']],
    [['migrate', 'now']],
    [['status', '--verbose']],
    [['status', '--schema']],
    [['status', '--schema', 'a-b']],
    [['migrate', '--schema', '']],
    [['sql', '--from', '9']],
    [['sql', '--from', '-1']],
    [['sql', '--from', '']],
    [['sql', '--from', 'one']],
  ])('does not understand %j', (line) => {
    expect(() => parseCommandLine(line, {})).toThrow(UsageError);
  });

  it('shows every command and option', () => {
    for (const word of ['migrate', 'status', 'sql', '--schema', '--url', '--from', '--help', 'DATABASE_URL'])
      expect(usage).toContain(word);
  });
});
